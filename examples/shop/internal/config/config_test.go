package config

import (
	"strings"
	"testing"
	"time"
)

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestDefaults(t *testing.T) {
	config, err := Read(env(nil))
	if err != nil {
		t.Fatal(err)
	}
	if config.Addr != "127.0.0.1:8080" || config.DB != "var/shop.db" || config.ShutdownTimeout != 4*time.Second {
		t.Errorf("got %+v", config)
	}
}

func TestAddress(t *testing.T) {
	for _, test := range []struct{ addr, port, want string }{
		{"", "9000", "127.0.0.1:9000"},
		{"127.0.0.2:7000", "", "127.0.0.2:7000"},
		{"127.0.0.2:7000", "9000", "127.0.0.2:9000"},
		{"[::1]:7000", "0", "[::1]:0"},
		{":7000", "", ":7000"},
	} {
		config, err := Read(env(map[string]string{"ADDR": test.addr, "PORT": test.port}))
		if err != nil {
			t.Errorf("ADDR=%q PORT=%q: %v", test.addr, test.port, err)
		} else if config.Addr != test.want {
			t.Errorf("ADDR=%q PORT=%q: got %s, want %s", test.addr, test.port, config.Addr, test.want)
		}
	}
}

func TestEveryMistakeIsReported(t *testing.T) {
	_, err := Read(env(map[string]string{
		"PORT":                  "http",
		"SHOP_SHUTDOWN_TIMEOUT": "soon",
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`PORT: "http"`, `SHOP_SHUTDOWN_TIMEOUT="soon"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	if _, err := Read(env(map[string]string{"ADDR": "localhost"})); err == nil {
		t.Error("an ADDR without a port is accepted")
	}
	if _, err := Read(env(map[string]string{"SHOP_SHUTDOWN_TIMEOUT": "-1s"})); err == nil {
		t.Error("a negative time is accepted")
	}
}
