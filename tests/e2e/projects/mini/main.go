// A small Gin app that shows which version of each of its files is being served.
package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"example.com/mini/handlers"
	"github.com/gin-gonic/gin"
)

//go:embed assets/banner.txt
var banner string

const mainText = "main-one"

func main() {
	router := gin.Default()
	router.LoadHTMLGlob("templates/*.html")
	router.Static("/static", "static")
	handlers.Register(router)
	router.GET("/", func(c *gin.Context) { c.HTML(http.StatusOK, "index.html", gin.H{"Text": handlers.Text}) })
	router.GET("/main", func(c *gin.Context) { c.String(http.StatusOK, mainText) })
	router.GET("/banner", func(c *gin.Context) { c.String(http.StatusOK, strings.TrimSpace(banner)) })
	router.GET("/pid", func(c *gin.Context) { c.String(http.StatusOK, "%d", os.Getpid()) })
	router.GET("/args", func(c *gin.Context) { c.String(http.StatusOK, strings.Join(os.Args[1:], "|")) })
	router.GET("/env/:name", func(c *gin.Context) { c.String(http.StatusOK, os.Getenv(c.Param("name"))) })

	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: router}
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "mini:", err)
			os.Exit(1)
		}
	}()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	<-ctx.Done()
	fmt.Println("mini: stopping")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = server.Shutdown(ctx)
	fmt.Println("mini: stopped")
}
