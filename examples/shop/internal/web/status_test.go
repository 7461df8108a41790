package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/shop/internal/version"
)

func TestStatus(t *testing.T) {
	c := begin(t)
	c.get("/healthz").wants(t, http.StatusOK, `{"status":"ok"}`)
	if got := c.get("/version"); got.body != version.Text+"\n" {
		t.Errorf("got %q", got.body)
	}
	if err := c.shop.options.Store.Close(); err != nil {
		t.Fatal(err)
	}
	c.get("/healthz").wants(t, http.StatusServiceUnavailable, "does not answer")
	c.get("/").wants(t, http.StatusInternalServerError, "could not be read")
	c.get("/api/products").wants(t, http.StatusInternalServerError, `{"error":`)
}

func TestSlow(t *testing.T) {
	c := begin(t)
	c.get("/slow?ms=20").wants(t, http.StatusOK, `{"slept_ms":20}`)
	for _, ms := range []string{"-1", "600001", "long"} {
		c.get("/slow?ms="+ms).wants(t, http.StatusBadRequest, "from 0 to 600000")
	}
	// This would take ten minutes if the handler did not see that the visitor has gone.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	request := c.request(http.MethodGet, "/slow?ms=600000", "", "").WithContext(ctx)
	c.shop.ServeHTTP(httptest.NewRecorder(), request)
}
