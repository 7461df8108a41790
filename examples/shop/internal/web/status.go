package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/shop/internal/version"
)

const healthTimeout = 2 * time.Second

// slow answers after ?ms= milliseconds.
func (s *Server) slow(c *gin.Context) {
	ms, err := queryInt(c, "ms", 1000, 0, 600_000)
	if err != nil {
		refuse(c, http.StatusBadRequest, err.Error())
		return
	}
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		c.JSON(http.StatusOK, gin.H{"slept_ms": ms})
	case <-c.Request.Context().Done():
		c.Abort() // nobody waits for the answer any more
	}
}

func (s *Server) health(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), healthTimeout)
	defer cancel()
	if err := s.options.Store.Ping(ctx); err != nil {
		_ = c.Error(err)
		c.JSON(http.StatusServiceUnavailable, gin.H{"status": "the database does not answer"})
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ok"})
}

func (s *Server) version(c *gin.Context) {
	c.String(http.StatusOK, "%s\n", version.Text)
}
