package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/gin-gonic/gin"

	"example.com/shop/internal/store"
	"example.com/shop/internal/web"
)

// running is a shop that serves on a port of its own.
type running struct {
	addr string
	stop func()
	done <-chan error
}

func start(t *testing.T, timeout time.Duration) running {
	t.Helper()
	gin.SetMode(gin.TestMode)
	gin.DefaultWriter = io.Discard
	goods, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = goods.Close() })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shop := web.New(web.Options{Root: "../..", Store: goods})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, slog.New(slog.DiscardHandler), listener, shop, timeout) }()
	t.Cleanup(cancel)
	return running{addr: listener.Addr().String(), stop: cancel, done: done}
}

func (r running) open(ctx context.Context, t *testing.T, path string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func TestTheEndIsGraceful(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r := start(t, 4*time.Second) // less than the five seconds of an unused connection

	// What a browser holds: a stream of events, a WebSocket, and a connection in advance.
	events := bufio.NewScanner(r.open(ctx, t, "/events").Body)
	if !events.Scan() {
		t.Fatal(events.Err())
	}
	socket, _, err := websocket.Dial(ctx, "ws://"+r.addr+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.CloseNow()
	closed := socket.CloseRead(ctx) // answers the shop's goodbye
	unused, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer unused.Close()
	// A download whose first byte has come, and which is much longer than all buffers.
	const size = 64 << 20
	download := r.open(ctx, t, "/download?bytes=67108864")

	r.stop()
	for events.Scan() { // to its end
	}
	if err := events.Err(); err != nil {
		t.Errorf("the events are cut, not ended: %v", err)
	}
	<-closed.Done()
	got, err := io.Copy(io.Discard, download.Body)
	if err != nil || got != size {
		t.Errorf("the download had %d bytes (%v), want %d", got, err, size)
	}
	if err := <-r.done; err != nil {
		t.Error(err)
	}
	if conn, err := net.Dial("tcp", r.addr); err == nil {
		conn.Close()
		t.Error("the port is still open")
	}
}

func TestTheEndHasALimit(t *testing.T) {
	r := start(t, 50*time.Millisecond)
	download := r.open(t.Context(), t, "/download?bytes=67108864")
	r.stop() // nobody reads, so it never ends
	if err := <-r.done; err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("got %v", err)
	}
	if _, err := io.Copy(io.Discard, download.Body); err == nil {
		t.Error("the download is whole")
	}
}

func TestRunRefusesWrongSettings(t *testing.T) {
	t.Setenv("PORT", "http")
	err := run(t.Context(), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "PORT") {
		t.Errorf("got %v", err)
	}
}
