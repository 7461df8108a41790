// Package web is the shop as its visitors see it: pages, JSON, live connections and transfers.
package web

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"

	"example.com/shop/internal/events"
	"example.com/shop/internal/store"
	"example.com/shop/zondastate"
)

//go:embed embedded/banner.txt
var banner string

const sessionDays = 7

// Options are what a Server needs.
type Options struct {
	Name           string
	User, Password string // the only account; nobody can log in where one is empty
	Root           string // the directory of templates/ and static/
	Store          *store.Store
}

// Server answers the requests of the shop.
type Server struct {
	options  Options
	started  time.Time
	handler  http.Handler
	sessions *zondastate.Store

	chat    *events.Hub[message]
	notices *events.Hub[notice]
	sockets sync.WaitGroup // WebSocket connections, which http.Server does not wait for
}

// New makes a Server. It panics where the templates are broken, as gin does.
func New(options Options) *Server {
	s := &Server{
		options:  options,
		started:  time.Now(),
		sessions: zondastate.NewStore(),
		chat:     events.NewHub[message](256),
		notices:  events.NewHub[notice](16),
	}
	s.sessions.Options(sessions.Options{
		Path:     "/",
		MaxAge:   sessionDays * 24 * 60 * 60,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	})
	// Forms and API calls that another site makes a browser send are refused.
	s.handler = http.NewCrossOriginProtection().Handler(s.routes())
	return s
}

func (s *Server) routes() *gin.Engine {
	router := gin.New()
	_ = router.SetTrustedProxies(nil) // an error could only come from a list
	router.HandleMethodNotAllowed = true
	router.Use(gin.Logger(), gin.CustomRecovery(s.panicked), sessions.Sessions("shop_session", s.sessions))
	router.SetFuncMap(templateFuncs)
	// In debug mode gin parses the templates for each page, so that an edit shows at once.
	router.LoadHTMLGlob(filepath.Join(s.options.Root, "templates", "*.html"))
	router.NoRoute(func(c *gin.Context) { s.fail(c, http.StatusNotFound, "There is nothing here.", nil) })
	router.NoMethod(func(c *gin.Context) {
		s.fail(c, http.StatusMethodNotAllowed, "That cannot be done with this address.", nil)
	})

	static := router.Group("/static", func(c *gin.Context) { c.Header("Cache-Control", "no-cache") })
	static.Static("/", filepath.Join(s.options.Root, "static"))

	router.GET("/", s.home)
	router.GET("/products/:id", s.product)
	router.GET("/live", s.live)
	router.GET("/login", s.loginForm)
	router.POST("/login", s.login)
	router.POST("/logout", s.logout)
	router.GET("/account", s.account)

	api := router.Group("/api")
	api.GET("/products", s.apiList)
	api.POST("/products", s.apiCreate)
	api.GET("/products/:id", s.apiGet)

	router.GET("/ws", s.socket)
	router.GET("/events", s.events)
	router.POST("/upload", s.upload)
	router.PUT("/upload", s.upload)
	router.GET("/download", s.download)
	router.HEAD("/download", s.download)

	router.GET("/slow", s.slow)
	router.GET("/healthz", s.health)
	router.GET("/version", s.version)
	return router
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Drain ends the connections that would last for ever. It does not wait for that; other requests
// go on. It is made for [http.Server.RegisterOnShutdown].
func (s *Server) Drain() {
	s.chat.Close()
	s.notices.Close()
}

// Wait returns when the last WebSocket connection has ended, or with the error of ctx. To be
// called when no new requests come.
func (s *Server) Wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		s.sockets.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// SaveSessions leaves who is logged in to the next version of the shop. To be called when no new
// requests come.
func (s *Server) SaveSessions() error { return s.sessions.SaveAll() }

// fail answers with an error that the visitor may read, as JSON below /api and as a page elsewhere.
// The cause, which may be nil, goes to the log only.
func (s *Server) fail(c *gin.Context, status int, text string, cause error) {
	if cause != nil {
		_ = c.Error(cause) // returns what it was given
	}
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		refuse(c, status, text)
		return
	}
	s.page(c, status, "error.html", gin.H{"Title": http.StatusText(status), "Status": status, "Text": text})
	c.Abort()
}

func (s *Server) panicked(c *gin.Context, reason any) {
	text := http.StatusText(http.StatusInternalServerError)
	if gin.IsDebugging() {
		text += fmt.Sprintf("\n\n%v", reason) // mostly a template that is being edited
	}
	// Not a page: its template may be what is broken.
	c.String(http.StatusInternalServerError, "%s\n", text)
	c.Abort()
}

// refuse answers with an error as JSON.
func refuse(c *gin.Context, status int, text string) {
	c.AbortWithStatusJSON(status, gin.H{"error": text})
}

var pid = os.Getpid()
