// Package handlers holds what main serves.
package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Text is what the tests change.
const Text = "one"

// Register adds the routes of this package.
func Register(router *gin.Engine) {
	router.GET("/text", func(c *gin.Context) { c.String(http.StatusOK, Text) })
}
