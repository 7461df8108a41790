// Package stock keeps the orders. Only the api has it.
package stock

import (
	"sync"

	"example.com/orders/order"
)

const maxOrders = 1000

// Stock is safe for use by several goroutines.
type Stock struct {
	mu     sync.Mutex
	orders []order.Order
}

// Add takes an order; false where there are too many.
func (s *Stock) Add(item string) (order.Order, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.orders) >= maxOrders {
		return order.Order{}, false
	}
	o := order.Order{ID: len(s.orders) + 1, Item: item}
	s.orders = append(s.orders, o)
	return o, true
}

// All is a copy of what there is.
func (s *Stock) All() []order.Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]order.Order{}, s.orders...)
}

// Pack notes by whom an order was packed; false where there is no such order.
func (s *Stock) Pack(id int, by string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id < 1 || id > len(s.orders) {
		return false
	}
	s.orders[id-1].Packed = by
	return true
}
