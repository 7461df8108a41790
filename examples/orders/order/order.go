// Package order is what all three programs speak of.
package order

import "fmt"

// Order is one order, from the shop window to the parcel.
type Order struct {
	ID     int    `json:"id"`
	Item   string `json:"item"`
	Packed string `json:"packed"` // by whom; empty: not yet
}

// Title is an order in words.
func (o Order) Title() string {
	return fmt.Sprintf("order %d: %s", o.ID, o.Item)
}
