// Package zondastate is a store for [github.com/gin-contrib/sessions] that keeps sessions in memory
// and, under zonda, across reloads: what SaveAll writes to the file of ZONDA_STATE_OUT before the
// program ends, the next version reads from that of ZONDA_STATE_IN. Without zonda it is a store in
// memory and no more.
//
//	store := zondastate.NewStore()
//	router.Use(sessions.Sessions("session", store))
//	…
//	server.Shutdown(ctx)
//	store.SaveAll()
//
// It is one file with no dependency of its own: copy it.
package zondastate

import (
	"bytes"
	"crypto/rand"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gin-contrib/sessions"
	gorilla "github.com/gorilla/sessions"
)

// How long a session without a MaxAge is kept after its last change: the browser may have dropped
// it long ago.
const unlimited = 30 * 24 * time.Hour

const sweepEvery = time.Minute

// Store keeps sessions. The cookie has an unguessable id and nothing else; the values stay here.
// As with other stores, values of types of your own are made known with [gob.Register].
type Store struct {
	in, out string
	options *gorilla.Options

	mu       sync.Mutex
	loaded   bool
	sessions map[string]record
	swept    time.Time
}

// record is a session as it is written to the file.
type record struct {
	Values []byte // gob of a map[any]any
	Ends   time.Time
}

var _ sessions.Store = (*Store)(nil)

// NewStore makes a Store. It does not read yet what the version before has left: that comes with
// the first request that has a session, since the version before ends only when this one listens.
func NewStore() *Store {
	return &Store{
		in:       os.Getenv("ZONDA_STATE_IN"),
		out:      os.Getenv("ZONDA_STATE_OUT"),
		options:  &gorilla.Options{Path: "/", MaxAge: 30 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode},
		sessions: map[string]record{},
	}
}

// Options sets those of sessions that begin from now on. To be called before the first request.
func (s *Store) Options(options sessions.Options) { s.options = options.ToGorillaOptions() }

// Get returns the session of this name that belongs to the request.
func (s *Store) Get(r *http.Request, name string) (*gorilla.Session, error) {
	return gorilla.GetRegistry(r).Get(s, name)
}

// New returns the session that the request's cookie names, or a new one.
func (s *Store) New(r *http.Request, name string) (*gorilla.Session, error) {
	session := gorilla.NewSession(s, name)
	options := *s.options
	session.Options = &options
	session.IsNew = true
	cookie, err := r.Cookie(name)
	if err != nil {
		return session, nil // nothing is to be looked for, and so nothing is waited for
	}
	s.mu.Lock()
	err = s.load()
	kept, found := s.sessions[cookie.Value]
	s.mu.Unlock()
	if !found || time.Now().After(kept.Ends) {
		return session, err // an id that we did not give is never taken over
	}
	if err := gob.NewDecoder(bytes.NewReader(kept.Values)).Decode(&session.Values); err != nil {
		session.Values = map[any]any{}
		return session, fmt.Errorf("a session cannot be read: %w", err)
	}
	session.ID, session.IsNew = cookie.Value, false
	return session, nil
}

// Save keeps the session and sets its cookie, or removes both where its MaxAge is below zero.
func (s *Store) Save(_ *http.Request, w http.ResponseWriter, session *gorilla.Session) error {
	var values bytes.Buffer
	if err := gob.NewEncoder(&values).Encode(session.Values); err != nil {
		return fmt.Errorf("a session cannot be kept: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(); err != nil {
		return err
	}
	now := time.Now()
	s.sweep(now)
	if session.Options.MaxAge < 0 {
		delete(s.sessions, session.ID)
	} else {
		if session.ID == "" {
			session.ID = rand.Text()
		}
		life := time.Duration(session.Options.MaxAge) * time.Second
		if life == 0 {
			life = unlimited
		}
		s.sessions[session.ID] = record{Values: values.Bytes(), Ends: now.Add(life)}
	}
	http.SetCookie(w, gorilla.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// sweep forgets what has ended, now and then.
func (s *Store) sweep(now time.Time) {
	if now.Sub(s.swept) < sweepEvery {
		return
	}
	s.swept = now
	for id, kept := range s.sessions {
		if now.After(kept.Ends) {
			delete(s.sessions, id)
		}
	}
}

// load reads, once, what the version before has left, and waits until that one has gone. Where that
// cannot be read there is nothing to be lost by going on without.
func (s *Store) load() error {
	if s.loaded {
		return nil
	}
	s.loaded = true
	if s.in == "" {
		return nil
	}
	file, err := os.Open(s.in)
	if err != nil {
		return fmt.Errorf("the sessions of the version before cannot be read: %w", err)
	}
	defer file.Close()
	before := map[string]record{}
	err = gob.NewDecoder(file).Decode(&before)
	if err != nil && !errors.Is(err, io.EOF) { // an empty file: there was none before
		return fmt.Errorf("the sessions of the version before cannot be read: %w", err)
	}
	s.sessions = before
	return nil
}

// SaveAll writes the sessions for the next version: after [http.Server.Shutdown], when they do not
// change any more, and before as often as you like, for the case of a crash. Without zonda it does
// nothing.
func (s *Store) SaveAll() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out == "" || !s.loaded { // no session was touched: zonda hands on what it gave us
		return nil
	}
	s.swept = time.Time{}
	s.sweep(time.Now())
	var all bytes.Buffer
	if err := gob.NewEncoder(&all).Encode(s.sessions); err != nil {
		return fmt.Errorf("the sessions cannot be left to the next version: %w", err)
	}
	// Whole or not at all, even where we are killed while we write.
	whole := s.out + ".new"
	err := os.WriteFile(whole, all.Bytes(), 0o600)
	if err == nil {
		err = os.Rename(whole, s.out)
	}
	if err != nil {
		return fmt.Errorf("the sessions cannot be left to the next version: %w", err)
	}
	return nil
}
