// Wire is a Gin app that does with HTTP what a proxy has to get right.
package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
)

const version = "one"

func main() {
	router := gin.New()
	router.GET("/version", func(c *gin.Context) { c.String(http.StatusOK, version) })
	router.GET("/pid", func(c *gin.Context) { c.String(http.StatusOK, "%d", os.Getpid()) })
	router.Any("/echo", echo)
	router.Any("/echo/*rest", echo)
	router.GET("/bytes/:count", bytes)
	router.GET("/file", file)
	router.HEAD("/file", file)
	router.POST("/upload", upload)
	router.POST("/unread", func(c *gin.Context) { c.String(http.StatusRequestEntityTooLarge, "not read") })
	router.GET("/early", early)
	router.GET("/trailers", trailers)
	router.GET("/upgrade", upgrade)
	router.GET("/half", half)
	router.Any("/drop/:key", drop)
	router.POST("/note", note)
	router.GET("/events", events)
	answers{}.register(router)
	gates.register(router)

	server := &http.Server{Handler: router}
	listener, err := listen()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wire:", err)
		os.Exit(1)
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "wire:", err)
			os.Exit(1)
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = server.Shutdown(ctx)
}

func listen() (net.Listener, error) {
	if path := os.Getenv("SOCKET"); path != "" {
		return net.Listen("unix", path)
	}
	return net.Listen("tcp", net.JoinHostPort(cmp.Or(os.Getenv("HOST"), "127.0.0.1"), os.Getenv("PORT")))
}

// echo tells what arrived.
func echo(c *gin.Context) {
	hash := sha256.New()
	count, err := io.Copy(hash, c.Request.Body)
	if err != nil {
		c.String(http.StatusBadRequest, err.Error())
		return
	}
	c.JSON(http.StatusOK, gin.H{
		"method":   c.Request.Method,
		"uri":      c.Request.RequestURI,
		"host":     c.Request.Host,
		"fields":   c.Request.Header,
		"length":   c.Request.ContentLength,
		"coding":   c.Request.TransferEncoding,
		"count":    count,
		"sha256":   hex.EncodeToString(hash.Sum(nil)),
		"trailers": c.Request.Trailer,
		"pid":      os.Getpid(),
		"remote":   c.Request.RemoteAddr,
	})
}

// pattern is an endless stream of bytes that tells one place from another.
type pattern struct{ at int64 }

func (p *pattern) Read(data []byte) (int, error) {
	for i := range data {
		data[i] = byte(p.at*7 + p.at>>8 + p.at>>16)
		p.at++
	}
	return len(data), nil
}

// bytes answers with so many bytes, chunked where ?chunked.
func bytes(c *gin.Context) {
	count, err := strconv.ParseInt(c.Param("count"), 10, 64)
	if err != nil {
		c.String(http.StatusBadRequest, err.Error())
		return
	}
	if c.Query("chunked") == "" {
		c.Header("Content-Length", strconv.FormatInt(count, 10))
	}
	c.Header("Content-Type", "application/octet-stream")
	_, _ = io.CopyN(c.Writer, &pattern{}, count)
}

func file(c *gin.Context) {
	c.Header("ETag", `"file-1"`)
	c.Header("Content-Type", "text/plain; charset=utf-8")
	modified := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	http.ServeContent(c.Writer, c.Request, "", modified, strings.NewReader(strings.Repeat("0123456789", 1000)))
}

// upload waits for its gate, if it names one, before it reads.
func upload(c *gin.Context) {
	if name := c.Query("gate"); name != "" {
		gates.wait(c, name)
	}
	echo(c)
}

// early sends 103 before its answer.
func early(c *gin.Context) {
	c.Header("Link", "</style.css>; rel=preload")
	c.Writer.(interface{ Unwrap() http.ResponseWriter }).Unwrap().WriteHeader(http.StatusEarlyHints)
	c.String(http.StatusOK, "late")
}

func trailers(c *gin.Context) {
	c.Header("Trailer", "X-Sum")
	c.String(http.StatusOK, "body")
	c.Writer.Flush()
	c.Writer.Header().Set("X-Sum", "42")
}

// upgrade echoes bytes in a protocol of its own, until the other side ends.
func upgrade(c *gin.Context) {
	conn, buffered, err := c.Writer.Hijack()
	if err != nil {
		c.String(http.StatusInternalServerError, err.Error())
		return
	}
	defer conn.Close()
	fmt.Fprintf(buffered, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n"+
		"X-Answer: yes\r\n\r\nhello ", c.GetHeader("Upgrade"))
	_ = buffered.Flush()
	_, _ = io.Copy(conn, buffered)
	_, _ = io.WriteString(conn, " bye")
}

// half promises more than it sends.
func half(c *gin.Context) {
	conn, buffered, err := c.Writer.Hijack()
	if err != nil {
		c.String(http.StatusInternalServerError, err.Error())
		return
	}
	defer conn.Close()
	_, _ = buffered.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
	_ = buffered.Flush()
}

var dropped sync.Map

// drop closes the connection of a key's first request, after all of its body, without an answer;
// later ones tell how many came.
func drop(c *gin.Context) {
	_, _ = io.Copy(io.Discard, c.Request.Body)
	value, _ := dropped.LoadOrStore(c.Param("key"), new(atomic.Int64))
	count := value.(*atomic.Int64).Add(1)
	if count > 1 || c.Query("count") != "" {
		c.String(http.StatusOK, "%d", count)
		return
	}
	if conn, _, err := c.Writer.Hijack(); err == nil {
		_ = conn.Close()
	}
}

// note adds the body to the file that NOTES names, as a line: what each version was asked to do.
func note(c *gin.Context) {
	body, err := io.ReadAll(c.Request.Body)
	if err != nil {
		c.String(http.StatusBadRequest, err.Error())
		return
	}
	file, err := os.OpenFile(os.Getenv("NOTES"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = file.Write(append(body, '\n'))
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		c.String(http.StatusInternalServerError, err.Error())
		return
	}
	c.Status(http.StatusNoContent)
}

// events sends one event for each time that its gate opens.
func events(c *gin.Context) {
	c.Header("Content-Type", "text/event-stream")
	for i := 1; ; i++ {
		fmt.Fprintf(c.Writer, "id: %d\ndata: event %d\n\n", i, i)
		c.Writer.Flush()
		if !gates.wait(c, c.Query("gate")) {
			return
		}
	}
}

// answers are stored by tests: the body of a POST to /answer/NAME, as raw bytes of a response.
type answers struct{}

var stored sync.Map

func (answers) register(router *gin.Engine) {
	router.POST("/answer/:name", func(c *gin.Context) {
		body, err := io.ReadAll(c.Request.Body)
		if err != nil {
			c.String(http.StatusBadRequest, err.Error())
			return
		}
		stored.Store(c.Param("name"), body)
		c.Status(http.StatusNoContent)
	})
	serve := func(c *gin.Context) {
		body, ok := stored.Load(c.Param("name"))
		if !ok {
			c.String(http.StatusNotFound, "no such answer")
			return
		}
		parsed, err := http.ReadResponse(bufio.NewReader(strings.NewReader(string(body.([]byte)))), c.Request)
		if err != nil {
			c.String(http.StatusInternalServerError, err.Error())
			return
		}
		defer parsed.Body.Close()
		c.Header("X-Asked", base64.StdEncoding.EncodeToString([]byte(fmt.Sprint(c.Request.Header))))
		for name, values := range parsed.Header {
			for _, value := range values {
				c.Writer.Header().Add(name, value)
			}
		}
		if match := c.GetHeader("If-None-Match"); match != "" && match == parsed.Header.Get("ETag") {
			c.Status(http.StatusNotModified)
			return
		}
		c.Status(parsed.StatusCode)
		_, _ = io.Copy(c.Writer, parsed.Body)
	}
	router.GET("/answer/:name", serve)
	router.HEAD("/answer/:name", serve)
}

// gates are opened by POST /gate/NAME, once for each waiting.
type gateSet struct{ all sync.Map }

var gates gateSet

func (g *gateSet) get(name string) chan struct{} {
	gate, _ := g.all.LoadOrStore(name, make(chan struct{}, 1000))
	return gate.(chan struct{})
}

func (g *gateSet) wait(c *gin.Context, name string) bool {
	select {
	case <-g.get(name):
		return true
	case <-c.Request.Context().Done():
		return false
	}
}

func (g *gateSet) register(router *gin.Engine) {
	router.POST("/gate/:name", func(c *gin.Context) {
		g.get(c.Param("name")) <- struct{}{}
		c.Status(http.StatusNoContent)
	})
}
