// Shop serves a small web shop.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/shop/internal/config"
	"example.com/shop/internal/store"
	"example.com/shop/internal/version"
	"example.com/shop/internal/web"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if err := run(ctx, log); err != nil {
		log.Error("the shop ends", "error", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, log *slog.Logger) error {
	settings, err := config.Read(os.Getenv)
	if err != nil {
		return err
	}
	goods, err := store.Open(ctx, settings.DB)
	if err != nil {
		return err
	}
	defer goods.Close()
	shop := web.New(web.Options{
		Name:     settings.Name,
		User:     settings.User,
		Password: settings.Password,
		Root:     ".",
		Store:    goods,
	})
	listener, err := net.Listen("tcp", settings.Addr)
	if err != nil {
		return err
	}
	log.Info("open", "url", "http://"+listener.Addr().String(), "version", version.Text, "pid", os.Getpid())
	err = serve(ctx, log, listener, shop, settings.ShutdownTimeout)
	// Nobody logs in or out any more. Under zonda the next version goes on with them.
	if err := errors.Join(err, shop.SaveSessions()); err != nil {
		return err
	}
	log.Info("closed")
	return nil
}

// serve serves the shop until ctx ends, and then finishes what has begun, within timeout. It
// closes the listener.
func serve(ctx context.Context, log *slog.Logger, listener net.Listener, shop *web.Server,
	timeout time.Duration) error {
	unused := newUnusedConns()
	server := &http.Server{
		Handler:           shop,
		ReadHeaderTimeout: 10 * time.Second, // no limit for bodies: uploads and streams take their time
		IdleTimeout:       2 * time.Minute,
		ConnState:         unused.track,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(shop.Drain)
	server.RegisterOnShutdown(unused.closeSoon)

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	log.Info("closing", "limit", timeout)
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close()
		return fmt.Errorf("requests took longer than %s and were cut off: %w", timeout, err)
	}
	if err := shop.Wait(ctx); err != nil {
		return fmt.Errorf("WebSockets took longer than %s to close and were cut off: %w", timeout, err)
	}
	return nil
}
