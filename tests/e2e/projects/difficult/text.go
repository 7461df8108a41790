package main

const Text = "one"
