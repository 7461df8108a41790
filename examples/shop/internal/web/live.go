package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"github.com/gin-gonic/gin"

	"example.com/shop/internal/version"
)

const (
	maxMessageBytes = 1 << 20
	sendTimeout     = 10 * time.Second // a socket that takes longer for one message is given up
)

// message is what one WebSocket sent and all get.
type message struct {
	kind websocket.MessageType
	data []byte
}

// notice is an event for the listeners of /events.
type notice struct {
	name string
	data any // goes out as JSON
}

// socket sends each message back to its sender and on to all other sockets. The sender's own is
// never lost; others miss messages where they do not keep up.
func (s *Server) socket(c *gin.Context) {
	s.sockets.Add(1)
	defer s.sockets.Done()
	// Before the answer, so that whoever has it misses nothing.
	others := s.chat.Subscribe()
	defer others.Cancel()

	conn, err := websocket.Accept(c.Writer, c.Request, nil)
	if err != nil {
		_ = c.Error(err) // Accept has answered
		return
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxMessageBytes)
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()

	forwarded := make(chan struct{})
	go func() {
		defer close(forwarded)
		for message := range others.C {
			if send(ctx, conn, message) != nil {
				_ = conn.CloseNow()
				return
			}
		}
		// The shop closes, or the reader below has ended, and then there is nobody to tell.
		_ = conn.Close(websocket.StatusGoingAway, "the shop is closing")
	}()
	for {
		kind, data, err := conn.Read(ctx)
		if err != nil {
			break // mostly: the other side has gone
		}
		received := message{kind, data}
		if send(ctx, conn, received) != nil {
			break
		}
		s.chat.Publish(received, others)
	}
	others.Cancel()
	<-forwarded
}

func send(ctx context.Context, conn *websocket.Conn, message message) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return conn.Write(ctx, message.kind, message.data)
}

// events streams ticks, one each ?ms= (a second where there is none), and notices as they come.
func (s *Server) events(c *gin.Context) {
	ms, err := queryInt(c, "ms", 1000, 10, 60_000)
	if err != nil {
		refuse(c, http.StatusBadRequest, err.Error())
		return
	}
	notices := s.notices.Subscribe()
	defer notices.Cancel()
	ticker := time.NewTicker(time.Duration(ms) * time.Millisecond)
	defer ticker.Stop()

	c.Header("Content-Type", "text/event-stream")
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusOK)
	if _, err := fmt.Fprint(c.Writer, "retry: 500\n\n"); err != nil {
		return
	}
	next := s.tick()
	for id := 1; ; id++ {
		if err := writeEvent(c.Writer, id, next); err != nil {
			return
		}
		select {
		case <-c.Request.Context().Done():
			return
		case <-ticker.C:
			next = s.tick()
		case news, open := <-notices.C:
			if !open {
				return // the shop closes
			}
			next = news
		}
	}
}

func (s *Server) tick() notice {
	return notice{name: "tick", data: gin.H{
		"time":    time.Now().Format(time.RFC3339Nano),
		"version": version.Text,
		"pid":     pid,
		"started": s.startedText(),
	}}
}

func writeEvent(w gin.ResponseWriter, id int, event notice) error {
	data, err := json.Marshal(event.data)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", id, event.name, data); err != nil {
		return err
	}
	w.Flush()
	return nil
}
