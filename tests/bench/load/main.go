// Asks a server at a steady rate on keep-alive and on fresh connections, until its standard input
// ends, and prints what a client saw as one line of JSON.
//
// It speaks HTTP/1.1 by itself: net/http tries again behind one's back. A connection that was reused
// and closed before any byte of an answer is tried once more on a new one (RFC 9112, section 9.3.1);
// so is a fresh one (RFC 9110, section 9.2.2), and that is counted apart.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type counts struct {
	Answered, Refused, ReusedClosed, FreshClosed, Failed atomic.Int64
	Versions                                             sync.Map
}

type client struct {
	addr, path string
	conn       net.Conn
	reader     *bufio.Reader
	reused     bool
}

var errNothing = errors.New("closed before any byte of the answer")

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// ask sends one request on the connection there is, or on a new one.
func (c *client) ask() (string, error) {
	c.reused = c.conn != nil
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.addr, 30*time.Second)
		if err != nil {
			return "", err
		}
		c.conn, c.reader = conn, bufio.NewReader(conn)
	}
	c.conn.SetDeadline(time.Now().Add(30 * time.Second))
	_, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", c.path, c.addr)
	if err == nil {
		_, err = c.reader.Peek(1)
	}
	if err != nil {
		c.close()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return "", err
		}
		return "", errNothing
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		c.close()
		return "", err
	}
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != 200 {
		err = fmt.Errorf("status %d", answer.StatusCode)
	}
	if err != nil || answer.Close {
		c.close()
	}
	return string(body), err
}

func (c *client) once(n *counts) {
	body, err := c.ask()
	if errors.Is(err, errNothing) {
		if c.reused {
			n.ReusedClosed.Add(1)
		} else {
			n.FreshClosed.Add(1)
		}
		body, err = c.ask()
	}
	switch {
	case err == nil:
		n.Answered.Add(1)
		n.Versions.Store(body, true)
	case errors.Is(err, syscall.ECONNREFUSED):
		n.Refused.Add(1)
	default:
		n.Failed.Add(1)
		fmt.Fprintln(os.Stderr, "load:", err)
	}
}

func main() {
	addr := flag.String("addr", "", "host:port")
	path := flag.String("path", "/text", "")
	rate := flag.Int("rate", 2000, "requests a second, half of them on fresh connections")
	workers := flag.Int("workers", 16, "connections of each sort")
	flag.Parse()
	var n counts
	var group sync.WaitGroup
	over := make(chan struct{})
	begin := time.Now()
	pause := time.Duration(2**workers) * time.Second / time.Duration(*rate)
	for i := 0; i < 2**workers; i++ {
		group.Add(1)
		go func(fresh bool) {
			defer group.Done()
			c := &client{addr: *addr, path: *path}
			defer c.close()
			for next := time.Now(); ; next = next.Add(pause) {
				select {
				case <-over:
					return
				case <-time.After(time.Until(next)):
				}
				c.once(&n)
				if fresh {
					c.close()
				}
			}
		}(i%2 == 0)
	}
	io.Copy(io.Discard, os.Stdin)
	close(over)
	group.Wait()
	versions := 0
	n.Versions.Range(func(_, _ any) bool { versions++; return true })
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"seconds": time.Since(begin).Seconds(), "answered": n.Answered.Load(), "refused": n.Refused.Load(),
		"reused_closed": n.ReusedClosed.Load(), "fresh_closed": n.FreshClosed.Load(),
		"failed": n.Failed.Load(), "versions": versions,
	})
}
