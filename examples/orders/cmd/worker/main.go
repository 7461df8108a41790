// Worker packs what the api has taken. It listens on nothing.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/orders/order"
	"example.com/orders/packing"
)

const pause = 100 * time.Millisecond

var client = http.Client{Timeout: 2 * time.Second}

func call(ctx context.Context, method, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, os.Getenv("API")+path, nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if into == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

func pack(ctx context.Context) error {
	var all []order.Order
	if err := call(ctx, http.MethodGet, "/orders", &all); err != nil {
		return err
	}
	for _, o := range all {
		if o.Packed != "" {
			continue
		}
		label := packing.Label(o)
		path := fmt.Sprintf("/orders/%d/packed?by=%s", o.ID, url.QueryEscape(label))
		if err := call(ctx, http.MethodPut, path, nil); err != nil {
			return err
		}
		fmt.Println("packed", label)
	}
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The api is there: zonda starts the worker when it is.
	if err := call(ctx, http.MethodGet, "/health", nil); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	fmt.Println("ready to pack")
	for ctx.Err() == nil {
		if err := pack(ctx); err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, "worker:", err) // the api may be between two versions
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	fmt.Println("closed")
}
