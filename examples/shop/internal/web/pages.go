package web

import (
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/shop/internal/store"
	"example.com/shop/internal/version"
)

const pageProducts = 200 // on the front page

var templateFuncs = template.FuncMap{"price": price}

func price(cents int64) string { return fmt.Sprintf("€ %d.%02d", cents/100, cents%100) }

// page answers with a template, which gets data and what every page shows.
func (s *Server) page(c *gin.Context, status int, name string, data gin.H) {
	all := gin.H{
		"Shop":    s.options.Name,
		"Banner":  strings.TrimSpace(banner),
		"Version": version.Text,
		"PID":     pid,
		"Started": s.startedText(),
		"Path":    c.Request.URL.Path,
		"User":    currentUser(c),
	}
	maps.Copy(all, data)
	c.HTML(status, name, all)
}

func (s *Server) startedText() string { return s.started.Format(time.TimeOnly) }

func (s *Server) home(c *gin.Context) {
	products, err := s.options.Store.Products(c.Request.Context(), pageProducts)
	if err != nil {
		s.fail(c, http.StatusInternalServerError, "The shelf could not be read.", err)
		return
	}
	s.page(c, http.StatusOK, "home.html", gin.H{"Title": "Products", "Products": products})
}

func (s *Server) product(c *gin.Context) {
	product, ok := s.findProduct(c)
	if ok {
		s.page(c, http.StatusOK, "product.html", gin.H{"Title": product.Name, "Product": product})
	}
}

// findProduct reads the product that the path names. Where there is none, it has answered.
func (s *Server) findProduct(c *gin.Context) (store.Product, bool) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		s.fail(c, http.StatusNotFound, "There is no such product.", nil)
		return store.Product{}, false
	}
	product, err := s.options.Store.Product(c.Request.Context(), id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.fail(c, http.StatusNotFound, "There is no such product.", nil)
	case err != nil:
		s.fail(c, http.StatusInternalServerError, "The product could not be read.", err)
	}
	return product, err == nil
}

func (s *Server) live(c *gin.Context) {
	s.page(c, http.StatusOK, "live.html", gin.H{"Title": "Live"})
}
