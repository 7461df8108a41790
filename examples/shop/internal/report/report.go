// Package report writes the stock list. Only the worker imports it: an edit here is none of the
// web app's business.
package report

import (
	"fmt"
	"io"
	"text/tabwriter"

	"example.com/shop/internal/store"
)

// Write writes a table of the products, with what is sold out and the worth of it all.
func Write(w io.Writer, products []store.Product) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	var pieces, worth int64
	fmt.Fprint(table, "stock\tprice\tworth\t product\n")
	for _, product := range products {
		pieces += product.Stock
		worth += product.Stock * product.PriceCents
		note := ""
		if product.Stock == 0 {
			note = " (sold out)"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t %s%s\n", product.Stock, money(product.PriceCents),
			money(product.Stock*product.PriceCents), product.Name, note)
	}
	fmt.Fprintf(table, "%d\t\t%s\t in all\n", pieces, money(worth))
	return table.Flush()
}

func money(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }
