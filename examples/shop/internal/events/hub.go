// Package events hands what happens in the shop to everyone who is connected.
package events

import "sync"

// A Hub gives each published value to each of its subscribers. Publishing never waits: who does
// not keep up misses values. Its methods may be called from many goroutines.
type Hub[T any] struct {
	backlog int

	mu     sync.Mutex
	subs   map[*Subscription[T]]struct{}
	closed bool
}

// A Subscription receives from C what is published after it began. C is closed by Cancel and by
// the end of the hub.
type Subscription[T any] struct {
	C <-chan T

	hub *Hub[T]
	c   chan T
}

// NewHub makes a hub that keeps up to backlog values for a subscriber that is busy.
func NewHub[T any](backlog int) *Hub[T] {
	return &Hub[T]{backlog: backlog, subs: make(map[*Subscription[T]]struct{})}
}

// Subscribe begins a subscription, to be ended by Cancel. That of a closed hub is closed already.
func (h *Hub[T]) Subscribe() *Subscription[T] {
	c := make(chan T, h.backlog)
	sub := &Subscription[T]{C: c, hub: h, c: c}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(c)
	} else {
		h.subs[sub] = struct{}{}
	}
	return sub
}

// Publish gives value to all subscribers except the one that it comes from, which may be nil. It
// returns how many got it.
func (h *Hub[T]) Publish(value T, from *Subscription[T]) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	got := 0
	for sub := range h.subs {
		if sub == from {
			continue
		}
		select {
		case sub.c <- value:
			got++
		default: // its backlog is full
		}
	}
	return got
}

// Close ends all subscriptions. It may be called more than once.
func (h *Hub[T]) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for sub := range h.subs {
		close(sub.c)
	}
	clear(h.subs)
}

// Cancel ends the subscription. It may be called more than once.
func (s *Subscription[T]) Cancel() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if _, ok := s.hub.subs[s]; ok {
		delete(s.hub.subs, s)
		close(s.c)
	}
}
