// Worker is the second program of the shop: it writes the stock list, once or again and again.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/shop/internal/config"
	"example.com/shop/internal/report"
	"example.com/shop/internal/store"
)

const maxProducts = 1000

func main() {
	every := flag.Duration("every", 10*time.Second, "time from one list to the next")
	once := flag.Bool("once", false, "write one list and end")
	flag.Parse()
	if *every <= 0 {
		fmt.Fprintln(os.Stderr, "worker: -every wants a duration above zero")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *every, *once); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, every time.Duration, once bool) error {
	settings, err := config.Read(os.Getenv)
	if err != nil {
		return err
	}
	goods, err := store.Open(ctx, settings.DB)
	if err != nil {
		return err
	}
	defer goods.Close()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := write(ctx, goods); err != nil || once {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func write(ctx context.Context, goods *store.Store) error {
	products, err := goods.Products(ctx, maxProducts)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	if err := report.Write(out, products); err != nil {
		return err
	}
	return out.Flush()
}
