package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

func (c *client) dial() *websocket.Conn {
	c.t.Helper()
	conn, _, err := websocket.Dial(c.t.Context(), "ws"+strings.TrimPrefix(c.url, "http")+"/ws", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	conn.SetReadLimit(maxMessageBytes)
	c.t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

func TestSocket(t *testing.T) {
	c := begin(t)
	a, b := c.dial(), c.dial()
	for _, sent := range []message{
		{websocket.MessageText, []byte("hello")},
		{websocket.MessageBinary, []byte{0, 255}},
		{websocket.MessageBinary, bytes.Repeat([]byte("x"), maxMessageBytes)},
	} {
		if err := a.Write(t.Context(), sent.kind, sent.data); err != nil {
			t.Fatal(err)
		}
		for _, conn := range []*websocket.Conn{a, b} {
			kind, data, err := conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if kind != sent.kind || !bytes.Equal(data, sent.data) {
				t.Errorf("sent %d bytes (%v), got %d bytes (%v)", len(sent.data), sent.kind, len(data), kind)
			}
		}
	}

	if err := a.Write(t.Context(), websocket.MessageText, make([]byte, maxMessageBytes+1)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("a message that is too long: %v", err)
	}

	c.shop.Drain()
	if _, _, err := b.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("at the end: %v", err)
	}
	if err := c.shop.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSocketWantsTheSameOrigin(t *testing.T) {
	c := begin(t)
	_, response, err := websocket.Dial(t.Context(), c.url+"/ws",
		&websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"http://elsewhere.example"}}})
	if err == nil || response == nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("got %v, %v", response, err)
	}
	c.get("/ws").wants(t, http.StatusUpgradeRequired)
}

func TestEvents(t *testing.T) {
	c := begin(t)
	response, err := c.Do(c.request(http.MethodGet, "/events?ms=10", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("got %s", got)
	}
	lines := bufio.NewScanner(response.Body)
	next := func(prefix string) string {
		t.Helper()
		for lines.Scan() {
			if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				return rest
			}
		}
		t.Fatalf("the stream ended before %q: %v", prefix, lines.Err())
		return ""
	}
	if got := next("id: "); got != "1" {
		t.Errorf("the first id is %s", got)
	}
	if got := next("event: "); got != "tick" {
		t.Errorf("the first event is %s", got)
	}
	if got := next("id: "); got != "2" {
		t.Errorf("the second id is %s", got)
	}
	c.do(c.request(http.MethodPost, "/api/products", "application/json", `{"name": "Lamp", "price_cents": 1}`)).
		wants(t, http.StatusCreated)
	for next("event: ") != "product" {
	}
	if got := next("data: "); !strings.Contains(got, `"name":"Lamp"`) {
		t.Errorf("got %s", got)
	}

	c.shop.Drain()
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream is cut, not ended: %v", err)
	}
}

func TestEventsRefusesAWrongPeriod(t *testing.T) {
	c := begin(t)
	for _, ms := range []string{"9", "60001", "fast"} {
		c.get("/events?ms="+ms).wants(t, http.StatusBadRequest, "from 10 to 60000")
	}
}

func TestWaitEnds(t *testing.T) {
	c := begin(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.dial()
	cancel()
	if err := c.shop.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
