// Package unrelated is imported by nobody.
package unrelated

// Text is here to be changed without any effect.
const Text = "unrelated-one"
