package zondastate

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

// version is one version of an app: /count counts in the session, /look only looks, /end ends it.
type version struct {
	t      *testing.T
	store  *Store
	server *httptest.Server
}

func start(t *testing.T, in, out string) *version {
	t.Helper()
	t.Setenv("ZONDA_STATE_IN", in)
	t.Setenv("ZONDA_STATE_OUT", out)
	store := NewStore()
	router := gin.New()
	router.Use(sessions.Sessions("test", store))
	count := func(c *gin.Context) int {
		n, _ := sessions.Default(c).Get("n").(int)
		return n
	}
	save := func(c *gin.Context) {
		if err := sessions.Default(c).Save(); err != nil {
			c.String(http.StatusInternalServerError, "%v", err)
			return
		}
		c.String(http.StatusOK, "%d", count(c))
	}
	router.GET("/none", func(c *gin.Context) { c.String(http.StatusOK, "none") })
	router.GET("/look", func(c *gin.Context) { c.String(http.StatusOK, "%d", count(c)) })
	router.GET("/count", func(c *gin.Context) {
		sessions.Default(c).Set("n", count(c)+1)
		save(c)
	})
	router.GET("/short", func(c *gin.Context) {
		sessions.Default(c).Set("n", 1)
		sessions.Default(c).Options(sessions.Options{Path: "/", MaxAge: 1})
		save(c)
	})
	router.GET("/end", func(c *gin.Context) {
		sessions.Default(c).Options(sessions.Options{Path: "/", MaxAge: -1})
		save(c)
	})
	router.GET("/wrong", func(c *gin.Context) {
		sessions.Default(c).Set("n", func() {})
		save(c)
	})
	v := &version{t, store, httptest.NewServer(router)}
	t.Cleanup(v.server.Close)
	return v
}

// stop ends it as a program should end, and returns when what it leaves is there.
func (v *version) stop() {
	v.t.Helper()
	v.server.Close()
	if err := v.store.SaveAll(); err != nil {
		v.t.Error(err)
	}
}

// browser keeps cookies. They know the host, but not the port.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func (v *version) get(client *http.Client, path string) string {
	response, err := client.Get(v.server.URL + path)
	if err != nil {
		v.t.Error(err)
		return ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Error(err)
	}
	return string(body)
}

func (v *version) wants(client *http.Client, path, want string) {
	v.t.Helper()
	if got := v.get(client, path); got != want {
		v.t.Errorf("%s: got %q, want %q", path, got, want)
	}
}

func names(t *testing.T) (first, second, third string) {
	dir := t.TempDir()
	return filepath.Join(dir, "1"), filepath.Join(dir, "2"), filepath.Join(dir, "3")
}

func TestSessionsOutliveTheProcess(t *testing.T) {
	empty, one, two := names(t)
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	a, b, gone := browser(t), browser(t), browser(t)
	v := start(t, empty, one)
	v.wants(a, "/count", "1")
	v.wants(a, "/count", "2")
	v.wants(b, "/count", "1")
	v.wants(gone, "/count", "1")
	v.wants(gone, "/end", "1")
	v.wants(gone, "/look", "0")
	v.stop()

	v = start(t, one, two)
	v.wants(a, "/look", "2")
	v.wants(b, "/count", "2")
	v.wants(gone, "/look", "0")
	v.stop()
	info, err := os.Stat(two)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}

	v = start(t, two, "")
	v.wants(a, "/count", "3")
	v.wants(b, "/look", "2")
}

func TestWithoutZonda(t *testing.T) {
	a := browser(t)
	v := start(t, "", "")
	v.wants(a, "/count", "1")
	v.wants(a, "/count", "2")
	v.stop()
	v = start(t, "", "")
	v.wants(a, "/look", "0")
}

func TestWhoTouchesNothingWritesNothing(t *testing.T) {
	in, out, _ := names(t)
	v := start(t, in, out) // in is not there: it would be an error
	v.wants(browser(t), "/none", "none")
	v.wants(browser(t), "/look", "0")
	v.stop()
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("%s: %v", out, err)
	}
}

// The version before has not gone yet: only who has a session waits for it.
func TestTheFirstReadWaits(t *testing.T) {
	one, pipe, two := names(t)
	a := browser(t)
	v := start(t, "", one)
	v.wants(a, "/count", "1")
	v.stop()

	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	v = start(t, pipe, two)
	v.wants(browser(t), "/look", "0")
	answer := make(chan string, 1)
	go func() { answer <- v.get(a, "/look") }()
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns when it is read
	if err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-answer:
		t.Fatalf("it did not wait, but said %q", got)
	default:
	}
	left, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(left); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if got := <-answer; got != "1" {
		t.Errorf("got %q", got)
	}
}

func TestEndedSessionsAreForgotten(t *testing.T) {
	a, b := browser(t), browser(t)
	_, one, two := names(t)
	v := start(t, "", one)
	v.wants(a, "/short", "1")
	v.wants(b, "/count", "1")
	for id, kept := range v.store.sessions { // a second later
		kept.Ends = kept.Ends.Add(-time.Second)
		v.store.sessions[id] = kept
	}
	v.wants(a, "/look", "0")
	v.wants(b, "/look", "1")
	v.stop()
	v = start(t, one, two)
	v.wants(b, "/look", "1")
	if len(v.store.sessions) != 1 {
		t.Errorf("%d sessions were left", len(v.store.sessions))
	}
}

func TestAnIDThatWeDidNotGive(t *testing.T) {
	v := start(t, "", "")
	request, err := http.NewRequest(http.MethodGet, v.server.URL+"/count", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.AddCookie(&http.Cookie{Name: "test", Value: "mine"})
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if cookies := response.Cookies(); len(cookies) != 1 || cookies[0].Value == "mine" || len(cookies[0].Value) < 26 || !cookies[0].HttpOnly {
		t.Errorf("got %v", cookies)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	in, out, _ := names(t)
	if err := os.WriteFile(in, []byte("no gob"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := browser(t)
	v := start(t, in, out)
	if got := v.get(a, "/count"); !strings.Contains(got, "cannot be read") {
		t.Errorf("got %q", got)
	}
	v.wants(a, "/count", "1") // said once; it goes on without
	if got := v.get(a, "/wrong"); !strings.Contains(got, "cannot be kept") {
		t.Errorf("got %q", got)
	}
	v.wants(a, "/look", "1")
}

func TestManyAtOnce(t *testing.T) {
	empty, out, _ := names(t)
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	v := start(t, empty, out)
	var group sync.WaitGroup
	for range 20 {
		client := browser(t)
		group.Go(func() {
			for i := range 20 {
				if got := v.get(client, "/count"); got != strconv.Itoa(i+1) {
					t.Errorf("got %q, want %d", got, i+1)
				}
				if i == 10 {
					if err := v.store.SaveAll(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	v.stop()
}
