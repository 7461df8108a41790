package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/shop/internal/store"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	gin.DefaultWriter = io.Discard
	os.Exit(m.Run())
}

// client talks to a shop of its own as a browser does: it keeps cookies and follows redirects.
type client struct {
	*http.Client
	t    *testing.T
	shop *Server
	url  string
}

func begin(t *testing.T) *client {
	t.Helper()
	goods, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	shop := New(Options{
		Name:     "Test & Co.",
		User:     "gopher",
		Password: "right",
		Root:     "../..",
		Store:    goods,
	})
	server := httptest.NewServer(shop)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{Client: server.Client(), t: t, shop: shop, url: server.URL}
	c.Jar = jar
	t.Cleanup(func() {
		shop.Drain()
		server.Close()
		if err := goods.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (c *client) do(request *http.Request) answer {
	c.t.Helper()
	response, err := c.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

func (c *client) request(method, path, contentType, body string) *http.Request {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	return request
}

func (c *client) get(path string) answer {
	c.t.Helper()
	return c.do(c.request(http.MethodGet, path, "", ""))
}

func (c *client) postForm(path string, form url.Values) answer {
	c.t.Helper()
	return c.do(c.request(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode()))
}

// wants checks the status, and that the body has all these texts.
func (a answer) wants(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d; body: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("the body lacks %q:\n%s", text, a.body)
		}
	}
}

func decode[T any](t *testing.T, body string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return value
}
