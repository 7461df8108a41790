package web

import (
	"net/http"
	"strings"
	"testing"

	"example.com/shop/internal/store"
)

type list struct {
	Products []store.Product `json:"products"`
}

type problem struct {
	Error  string            `json:"error"`
	Fields map[string]string `json:"fields"`
}

func TestAPIList(t *testing.T) {
	c := begin(t)
	all := c.get("/api/products")
	all.wants(t, http.StatusOK)
	if got := decode[list](t, all.body); len(got.Products) != 6 {
		t.Errorf("got %+v", got)
	}
	two := c.get("/api/products?limit=2")
	if got := decode[list](t, two.body); len(got.Products) != 2 {
		t.Errorf("got %+v", got)
	}
	for _, limit := range []string{"0", "1001", "-1", "many", "1e3"} {
		c.get("/api/products?limit="+limit).wants(t, http.StatusBadRequest, "from 1 to 1000")
	}
}

func TestAPIGet(t *testing.T) {
	c := begin(t)
	got := c.get("/api/products/1")
	got.wants(t, http.StatusOK)
	if product := decode[store.Product](t, got.body); product.Name != "Enamel mug" || product.PriceCents != 1450 {
		t.Errorf("got %+v", product)
	}
	for _, path := range []string{"/api/products/99", "/api/products/mug", "/api/nothing"} {
		got := c.get(path)
		got.wants(t, http.StatusNotFound)
		if decode[problem](t, got.body).Error == "" {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

func TestAPICreate(t *testing.T) {
	c := begin(t)
	const body = `{"name": " Lamp ", "description": "Warm", "icon": "pen", "price_cents": 999, "stock": 3}`
	got := c.do(c.request(http.MethodPost, "/api/products", "application/json", body))
	got.wants(t, http.StatusCreated)
	product := decode[store.Product](t, got.body)
	want := store.Product{ID: product.ID, Name: "Lamp", Description: "Warm", Icon: "pen", PriceCents: 999, Stock: 3}
	if product != want || product.ID == 0 {
		t.Errorf("got %+v, want %+v", product, want)
	}
	again := c.get(got.header.Get("Location"))
	again.wants(t, http.StatusOK)
	if stored := decode[store.Product](t, again.body); stored != product {
		t.Errorf("got %+v, want %+v", stored, product)
	}
	c.get("/").wants(t, http.StatusOK, "Lamp", "€ 9.99")
	c.do(c.request(http.MethodPost, "/api/products", "application/json", body)).wants(t, http.StatusConflict)
}

func TestAPICreateRefuses(t *testing.T) {
	c := begin(t)
	for _, test := range []struct {
		name, body string
		status     int
		fields     []string
	}{
		{"nothing", ``, http.StatusBadRequest, nil},
		{"no JSON", `name=Lamp`, http.StatusBadRequest, nil},
		{"a wrong type", `{"name": "Lamp", "price_cents": "999"}`, http.StatusBadRequest, nil},
		{"too much", `{"name": "` + strings.Repeat("x", maxFormBytes) + `"}`, http.StatusRequestEntityTooLarge, nil},
		{"no fields", `{}`, http.StatusUnprocessableEntity, []string{"name", "price_cents"}},
		{"a blank name", `{"name": "  ", "price_cents": 1}`, http.StatusUnprocessableEntity, []string{"name"}},
		{
			"numbers out of range", `{"name": "Lamp", "price_cents": 100000001, "stock": -1}`,
			http.StatusUnprocessableEntity, []string{"price_cents", "stock"},
		},
		{
			"an icon that is not there", `{"name": "Lamp", "price_cents": 1, "icon": "lamp"}`,
			http.StatusUnprocessableEntity, []string{"icon"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := c.do(c.request(http.MethodPost, "/api/products", "application/json", test.body))
			got.wants(t, test.status)
			answer := decode[problem](t, got.body)
			if answer.Error == "" || len(answer.Fields) != len(test.fields) {
				t.Errorf("got %+v, want fields %v", answer, test.fields)
			}
			for _, field := range test.fields {
				if answer.Fields[field] == "" || strings.HasPrefix(answer.Fields[field], "is not valid") {
					t.Errorf("field %s: %q", field, answer.Fields[field])
				}
			}
		})
	}
}
