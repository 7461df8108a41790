// Package packing is the worker's craft. Only the worker has it.
package packing

import "example.com/orders/order"

// Label is what is written on the parcel.
func Label(o order.Order) string {
	return "worker, " + o.Title()
}
