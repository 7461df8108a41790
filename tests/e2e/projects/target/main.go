// Target is a server whose behaviour under load is known exactly: the tests of `zonda load` compare
// what was measured with what it did.
//
// It prints its address, and at the end of its standard input what it has seen, as JSON.
package main

import (
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

type target struct {
	mu       sync.Mutex
	stall    sync.RWMutex // held for writing while everything stands still
	Requests map[string]int
	Bodies   map[string]int
	Types    map[string]int
	Headers  map[string]int
	Conns    int
	Cookies  int // requests that carried the cookie that their user was given
	Wrong    int // requests that carried another one
	First    time.Time
	Last     time.Time
}

func (t *target) count(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.First.IsZero() {
		t.First = now
	}
	t.Last = now
	t.Requests[r.Method+" "+r.URL.Path]++
	if len(body) > 0 {
		t.Types[r.Header.Get("Content-Type")]++
		if len(t.Bodies) < 10000 {
			t.Bodies[string(body)]++
		}
	}
	if token := r.Header.Get("X-Token"); token != "" {
		t.Headers[token]++
	}
}

// wait answers after so many milliseconds.
func (t *target) wait(w http.ResponseWriter, r *http.Request) {
	t.count(r)
	ms, _ := strconv.ParseFloat(r.URL.Query().Get("ms"), 64)
	time.Sleep(time.Duration(ms * float64(time.Millisecond)))
	t.stall.RLock()
	defer t.stall.RUnlock()
	fmt.Fprintln(w, "waited")
}

// login gives each user a cookie of its own; account wants it back.
func (t *target) login(w http.ResponseWriter, r *http.Request) {
	t.count(r)
	http.SetCookie(w, &http.Cookie{Name: "who", Value: r.URL.Query().Get("user"), Path: "/"})
	fmt.Fprintln(w, "welcome")
}

func (t *target) account(w http.ResponseWriter, r *http.Request) {
	t.count(r)
	cookie, err := r.Cookie("who")
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err == nil && cookie.Value == r.URL.Query().Get("user"):
		t.Cookies++
	case err == nil:
		t.Wrong++
	}
	fmt.Fprintln(w, "account")
}

func (t *target) items(w http.ResponseWriter, r *http.Request) {
	t.count(r)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Next", "token-7")
	fmt.Fprintln(w, `{"items":[{"id":41,"name":"mug"},{"id":42,"name":"pen"}],"more":true}`)
}

func (t *target) status(w http.ResponseWriter, r *http.Request) {
	t.count(r)
	status, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/status/"))
	w.WriteHeader(status)
}

func main() {
	stallAt := flag.Duration("stall-at", 0, "after the first request, stand still")
	stallFor := flag.Duration("stall-for", 0, "for so long")
	ca := flag.String("tls", "", "serve TLS, and write the certificate to this file")
	addr := flag.String("addr", "127.0.0.1:0", "listen there")
	flag.Parse()
	t := &target{Requests: map[string]int{}, Bodies: map[string]int{}, Types: map[string]int{}, Headers: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/wait", t.wait)
	mux.HandleFunc("/login", t.login)
	mux.HandleFunc("/account", t.account)
	mux.HandleFunc("/items", t.items)
	mux.HandleFunc("/status/", t.status)
	mux.HandleFunc("/count/", func(w http.ResponseWriter, r *http.Request) { t.count(r) })
	mux.HandleFunc("/seen", func(w http.ResponseWriter, _ *http.Request) {
		t.mu.Lock()
		defer t.mu.Unlock()
		_ = json.NewEncoder(w).Encode(t.Requests)
	})
	mux.HandleFunc("/fast", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	var once sync.Once
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if *stallFor > 0 {
			once.Do(func() {
				time.AfterFunc(*stallAt, func() {
					t.stall.Lock()
					time.Sleep(*stallFor)
					t.stall.Unlock()
				})
			})
		}
		mux.ServeHTTP(w, r)
	})
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler}}
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			t.mu.Lock()
			t.Conns++
			t.mu.Unlock()
		}
	}
	if *ca == "" {
		server.Start()
	} else {
		server.StartTLS()
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		if err := os.WriteFile(*ca, block, 0o644); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(t); err != nil {
		log.Fatal(err)
	}
}
