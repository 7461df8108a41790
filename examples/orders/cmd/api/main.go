// Api takes orders and tells of them.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"example.com/orders/order"
	"example.com/orders/stock"
	"github.com/gin-gonic/gin"
)

func routes() *gin.Engine {
	goods := &stock.Stock{}
	router := gin.New()
	router.GET("/health", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
	router.GET("/sample", func(c *gin.Context) {
		c.String(http.StatusOK, order.Order{ID: 1, Item: "sample"}.Title())
	})
	router.GET("/orders", func(c *gin.Context) { c.JSON(http.StatusOK, goods.All()) })
	router.POST("/orders/:item", func(c *gin.Context) {
		o, ok := goods.Add(c.Param("item"))
		if !ok {
			c.String(http.StatusServiceUnavailable, "too many orders")
			return
		}
		c.JSON(http.StatusCreated, o)
	})
	router.PUT("/orders/:id/packed", func(c *gin.Context) {
		id, err := strconv.Atoi(c.Param("id"))
		if err != nil || !goods.Pack(id, c.Query("by")) {
			c.String(http.StatusNotFound, "no such order")
			return
		}
		c.Status(http.StatusNoContent)
	})
	return router
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	server := &http.Server{Addr: os.Getenv("ADDR"), Handler: routes(), ReadHeaderTimeout: time.Second}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "api:", err)
			os.Exit(1)
		}
	}()
	fmt.Println("taking orders on", os.Getenv("ADDR"))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = server.Shutdown(ctx)
	fmt.Println("closed")
}
