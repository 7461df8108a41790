package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"
	"github.com/go-playground/validator/v10/non-standard/validators"

	"example.com/shop/internal/store"
)

const (
	maxFormBytes   = 64 << 10
	maxAPIProducts = 1000
)

// newProduct is the body of POST /api/products.
type newProduct struct {
	Name        string `json:"name" binding:"required,notblank,max=80"`
	Description string `json:"description" binding:"max=500"`
	Icon        string `json:"icon" binding:"omitempty,oneof=book box cap mug pen shirt"`
	PriceCents  int64  `json:"price_cents" binding:"gte=1,lte=100000000"`
	Stock       int64  `json:"stock" binding:"gte=0,lte=1000000"`
}

func init() {
	check, ok := binding.Validator.Engine().(*validator.Validate)
	if !ok {
		panic("gin validates with something else than validator")
	}
	if err := check.RegisterValidation("notblank", validators.NotBlank); err != nil {
		panic(err)
	}
	// Errors name fields as the sender does.
	check.RegisterTagNameFunc(func(field reflect.StructField) string {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		return name
	})
}

func (s *Server) apiList(c *gin.Context) {
	limit, err := queryInt(c, "limit", 100, 1, maxAPIProducts)
	if err != nil {
		refuse(c, http.StatusBadRequest, err.Error())
		return
	}
	products, err := s.options.Store.Products(c.Request.Context(), int(limit))
	if err != nil {
		s.fail(c, http.StatusInternalServerError, "The shelf could not be read.", err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"products": products})
}

func (s *Server) apiGet(c *gin.Context) {
	if product, ok := s.findProduct(c); ok {
		c.JSON(http.StatusOK, product)
	}
}

func (s *Server) apiCreate(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxFormBytes)
	var wanted newProduct
	if err := c.ShouldBindJSON(&wanted); err != nil {
		refuseBody(c, err)
		return
	}
	product, err := s.options.Store.Create(c.Request.Context(), store.Product{
		Name:        strings.TrimSpace(wanted.Name),
		Description: strings.TrimSpace(wanted.Description),
		Icon:        wanted.Icon,
		PriceCents:  wanted.PriceCents,
		Stock:       wanted.Stock,
	})
	switch {
	case errors.Is(err, store.ErrExists):
		refuse(c, http.StatusConflict, "A product of that name exists.")
		return
	case err != nil:
		s.fail(c, http.StatusInternalServerError, "The product could not be kept.", err)
		return
	}
	s.notices.Publish(notice{name: "product", data: product}, nil)
	c.Header("Location", fmt.Sprintf("/api/products/%d", product.ID))
	c.JSON(http.StatusCreated, product)
}

// refuseBody answers a body that could not be bound, with a sentence for each field that is wrong.
func refuseBody(c *gin.Context, err error) {
	var (
		invalid  validator.ValidationErrors
		tooLarge *http.MaxBytesError
	)
	switch {
	case errors.As(err, &invalid):
		fields := make(map[string]string, len(invalid))
		for _, field := range invalid {
			fields[field.Field()] = complaint(field)
		}
		c.AbortWithStatusJSON(http.StatusUnprocessableEntity,
			gin.H{"error": "Some fields are not right.", "fields": fields})
	case errors.As(err, &tooLarge):
		refuse(c, http.StatusRequestEntityTooLarge, fmt.Sprintf("The body has more than %d bytes.", tooLarge.Limit))
	case errors.Is(err, io.EOF):
		refuse(c, http.StatusBadRequest, "The body is empty; a product as JSON is wanted.")
	default:
		refuse(c, http.StatusBadRequest, "The body is not a product as JSON: "+err.Error())
	}
}

func complaint(field validator.FieldError) string {
	switch field.Tag() {
	case "required", "notblank":
		return "is required"
	case "max":
		return "has more than " + field.Param() + " characters"
	case "gte":
		return "must be at least " + field.Param()
	case "lte":
		return "must be at most " + field.Param()
	case "oneof":
		return "must be one of " + strings.ReplaceAll(field.Param(), " ", ", ")
	}
	return "is not valid (" + field.Tag() + ")"
}

// queryInt reads a whole number from the query, or fallback where there is none.
func queryInt(c *gin.Context, name string, fallback, least, most int64) (int64, error) {
	text := c.Query(name)
	if text == "" {
		return fallback, nil
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil || value < least || value > most {
		return 0, fmt.Errorf("%s=%q: want a whole number from %d to %d", name, text, least, most)
	}
	return value, nil
}
