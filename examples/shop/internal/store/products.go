package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// DefaultIcon is the icon of a product that is created without one.
const DefaultIcon = "box"

const columns = `id, name, description, icon, price_cents, stock`

func (p *Product) scan(scan func(dest ...any) error) error {
	return scan(&p.ID, &p.Name, &p.Description, &p.Icon, &p.PriceCents, &p.Stock)
}

// Products returns up to limit products, the oldest first. It never returns nil without an error.
func (s *Store) Products(ctx context.Context, limit int) ([]Product, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+columns+` FROM products ORDER BY id LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	defer rows.Close()
	products := []Product{}
	for rows.Next() {
		var product Product
		if err := product.scan(rows.Scan); err != nil {
			return nil, fmt.Errorf("list products: %w", err)
		}
		products = append(products, product)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	return products, nil
}

// Product returns the product of that id, or ErrNotFound.
func (s *Store) Product(ctx context.Context, id int64) (Product, error) {
	var product Product
	err := product.scan(s.db.QueryRowContext(ctx, `SELECT `+columns+` FROM products WHERE id = ?`, id).Scan)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Product{}, fmt.Errorf("product %d: %w", id, ErrNotFound)
	case err != nil:
		return Product{}, fmt.Errorf("product %d: %w", id, err)
	}
	return product, nil
}

// Create adds a product and returns it with its id, which it chooses itself. It returns ErrExists
// where there is one of the same name.
func (s *Store) Create(ctx context.Context, product Product) (Product, error) {
	product, err := insert(ctx, s.db, product)
	if err != nil {
		return Product{}, fmt.Errorf("create %q: %w", product.Name, err)
	}
	return product, nil
}

// execer is a database or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func insert(ctx context.Context, db execer, product Product) (Product, error) {
	if product.Icon == "" {
		product.Icon = DefaultIcon
	}
	result, err := db.ExecContext(ctx,
		`INSERT INTO products (name, description, icon, price_cents, stock) VALUES (?, ?, ?, ?, ?)`,
		product.Name, product.Description, product.Icon, product.PriceCents, product.Stock)
	var failure *sqlite.Error
	if errors.As(err, &failure) && failure.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return product, ErrExists
	}
	if err != nil {
		return product, err
	}
	product.ID, err = result.LastInsertId()
	return product, err
}
