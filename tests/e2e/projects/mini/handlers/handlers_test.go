package handlers

import "testing"

func TestText(t *testing.T) {
	if Text == "" {
		t.Fatal("Text is empty")
	}
}
