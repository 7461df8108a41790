// Web shows the orders to people.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"example.com/orders/order"
	"github.com/gin-gonic/gin"
)

var client = http.Client{Timeout: 2 * time.Second}

func orders(ctx context.Context) ([]order.Order, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv("API")+"/orders", nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var all []order.Order
	err = json.NewDecoder(answer.Body).Decode(&all)
	return all, err
}

func page(c *gin.Context) {
	all, err := orders(c.Request.Context())
	if err != nil {
		c.String(http.StatusBadGateway, "the api does not answer: %v", err)
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d orders\n", len(all))
	for _, o := range all {
		fmt.Fprintln(&text, o.Title())
	}
	c.String(http.StatusOK, text.String())
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.GET("/", page)
	server := &http.Server{Addr: os.Getenv("ADDR"), Handler: router, ReadHeaderTimeout: time.Second}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "web:", err)
			os.Exit(1)
		}
	}()
	fmt.Println("open on", os.Getenv("ADDR"))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = server.Shutdown(ctx)
	fmt.Println("closed")
}
