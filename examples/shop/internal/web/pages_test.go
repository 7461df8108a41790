package web

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/shop/internal/version"
)

func TestPages(t *testing.T) {
	c := begin(t)
	c.get("/").wants(t, http.StatusOK, "<title>Products · Test &amp; Co.</title>", "Enamel mug", "€ 14.50",
		"Sold out", "7 left", strings.TrimSpace(banner), version.Text, "Log in")
	c.get("/products/1").wants(t, http.StatusOK, "Enamel mug", "/api/products/1")
	c.get("/live").wants(t, http.StatusOK, "data-chat-form", `aria-current="page">Live`)
	for _, path := range []string{"/nothing", "/products/99", "/products/mug"} {
		c.get(path).wants(t, http.StatusNotFound, "<!doctype html>", "Not Found")
	}
	c.do(c.request(http.MethodDelete, "/live", "", "")).wants(t, http.StatusMethodNotAllowed, "<!doctype html>")
}

func TestStatic(t *testing.T) {
	c := begin(t)
	for path, contentType := range map[string]string{
		"/static/app.css":     "text/css",
		"/static/app.js":      "text/javascript",
		"/static/favicon.svg": "image/svg+xml",
		"/static/icons.svg":   "image/svg+xml",
	} {
		got := c.get(path)
		got.wants(t, http.StatusOK)
		if !strings.HasPrefix(got.header.Get("Content-Type"), contentType) {
			t.Errorf("%s is %s, want %s", path, got.header.Get("Content-Type"), contentType)
		}
		if got.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s may be kept: %q", path, got.header.Get("Cache-Control"))
		}
	}
	c.get("/static/").wants(t, http.StatusNotFound)
}

func TestEveryIconIsThere(t *testing.T) {
	c := begin(t)
	icons := c.get("/static/icons.svg")
	for _, icon := range []string{"book", "box", "cap", "mug", "pen", "shirt"} {
		icons.wants(t, http.StatusOK, `<symbol id="`+icon+`"`)
	}
}

func TestSession(t *testing.T) {
	c := begin(t)
	c.get("/account").wants(t, http.StatusOK, "<title>Log in")
	c.postForm("/login", url.Values{"user": {"gopher"}, "password": {"wrong"}}).
		wants(t, http.StatusUnauthorized, "do not match", `value="gopher"`)
	c.get("/account").wants(t, http.StatusOK, "<title>Log in")

	c.postForm("/login", url.Values{"user": {"gopher"}, "password": {"right"}}).
		wants(t, http.StatusOK, "Hello, gopher")
	c.get("/account").wants(t, http.StatusOK, "Hello, gopher")
	c.get("/").wants(t, http.StatusOK, `<a href="/account">gopher</a>`)
	c.get("/login").wants(t, http.StatusOK, "Hello, gopher")

	c.postForm("/logout", nil).wants(t, http.StatusOK, "Log in")
	c.get("/account").wants(t, http.StatusOK, "<title>Log in")
}

func TestASessionOutlivesTheProcess(t *testing.T) {
	left := filepath.Join(t.TempDir(), "state")
	t.Setenv("ZONDA_STATE_OUT", left)
	c := begin(t)
	c.postForm("/login", url.Values{"user": {"gopher"}, "password": {"right"}}).wants(t, http.StatusOK)
	if err := c.shop.SaveSessions(); err != nil {
		t.Fatal(err)
	}

	t.Setenv("ZONDA_STATE_IN", left)
	next := begin(t)
	where, err := url.Parse(c.url)
	if err != nil {
		t.Fatal(err)
	}
	next.Jar = c.Jar // cookies do not know ports
	next.get("/account").wants(t, http.StatusOK, "Hello, gopher", strconv.Itoa(pid))

	cookies := c.Jar.Cookies(where)
	if len(cookies) != 1 {
		t.Fatalf("got %v", cookies)
	}
	forged := *cookies[0]
	forged.Value = "A" + forged.Value[1:]
	if forged.Value == cookies[0].Value {
		forged.Value = "B" + forged.Value[1:]
	}
	forged.Path = "/"
	next.Jar.SetCookies(where, []*http.Cookie{&forged})
	next.get("/account").wants(t, http.StatusOK, "<title>Log in")
}

func TestNobodyLogsInWithoutAnAccount(t *testing.T) {
	for _, options := range []Options{{}, {User: "gopher"}, {Password: "right"}} {
		s := Server{options: options}
		if s.knows(options.User, options.Password) {
			t.Errorf("%+v lets in", options)
		}
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	c := begin(t)
	request := c.request(http.MethodPost, "/login", "application/x-www-form-urlencoded", "user=gopher&password=right")
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	c.do(request).wants(t, http.StatusForbidden)
}

func TestAPanicIsAnswered(t *testing.T) {
	c := begin(t)
	router := c.shop.routes()
	router.GET("/panic", func(*gin.Context) { panic("a wheel came off") })
	c.shop.handler = router
	got := c.get("/panic")
	got.wants(t, http.StatusInternalServerError, "Internal Server Error")
	if strings.Contains(got.body, "wheel") {
		t.Error("visitors see what went wrong, outside debug mode")
	}
}
