package main

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// unusedGrace is for requests that are on their way when the shop closes.
const unusedGrace = 200 * time.Millisecond

// unusedConns are connections on which no request has come yet. Browsers open some in advance, and
// [http.Server.Shutdown] would wait five seconds for each.
type unusedConns struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

func newUnusedConns() *unusedConns {
	return &unusedConns{conns: make(map[net.Conn]struct{})}
}

// track is made for [http.Server.ConnState].
func (u *unusedConns) track(conn net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if state == http.StateNew {
		u.conns[conn] = struct{}{}
	} else {
		delete(u.conns, conn)
	}
}

// closeSoon closes those that are still unused after a moment.
func (u *unusedConns) closeSoon() {
	time.Sleep(unusedGrace)
	u.mu.Lock()
	defer u.mu.Unlock()
	for conn := range u.conns {
		_ = conn.Close()
	}
}
