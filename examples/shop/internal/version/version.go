// Package version says which version of the shop is being served. Edit Text, save, and look again.
package version

// Text is what /version answers and every page shows.
const Text = "shop 1"
