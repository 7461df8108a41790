package report

import (
	"errors"
	"strings"
	"testing"

	"example.com/shop/internal/store"
)

func TestWrite(t *testing.T) {
	var out strings.Builder
	err := Write(&out, []store.Product{
		{Name: "Mug", PriceCents: 1450, Stock: 2},
		{Name: "Cap", PriceCents: 1805, Stock: 0},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"  stock  price  worth product",
		"      2  14.50  29.00 Mug",
		"      0  18.05   0.00 Cap (sold out)",
		"      2         29.00 in all",
		"",
	}, "\n")
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestWriteFails(t *testing.T) {
	if err := Write(full{}, nil); err == nil {
		t.Error("an error of the writer is lost")
	}
}
