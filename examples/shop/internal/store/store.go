// Package store keeps the shop's products in a SQLite database.
package store

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// What Create and Product return, possibly wrapped.
var (
	ErrNotFound = errors.New("there is no such product")
	ErrExists   = errors.New("a product of that name exists")
)

var (
	//go:embed schema.sql
	schema string
	//go:embed seed.json
	seed []byte
)

// Product is one thing on the shelf.
type Product struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Icon        string `json:"icon"` // a symbol of static/icons.svg
	PriceCents  int64  `json:"price_cents"`
	Stock       int64  `json:"stock"`
}

// Store is a database that is open. Its methods may be called from many goroutines, and several
// processes may have the same file open: the next version of the shop starts before this one ends.
type Store struct {
	db *sql.DB
}

// Open opens the database in the file at path. Its directory, the file and its tables are made
// where they are missing, and an empty shelf is filled with the goods of seed.json.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("the directory of the database: %w", err)
	}
	db, err := sql.Open("sqlite", dataSource(path))
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	store := &Store{db: db}
	if err := store.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", path, err), db.Close())
	}
	return store, nil
}

func dataSource(path string) string {
	query := url.Values{
		// No WAL: SQLite does not wait where two processes turn it on at the same time.
		"_pragma": {"busy_timeout(5000)"},
		"_txlock": {"immediate"},
	}
	file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}
	return file.String()
}

func (s *Store) prepare(ctx context.Context) error {
	// One transaction that locks at its begin, so that two processes do not both fill the shelf.
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("schema.sql: %w", err)
	}
	var filled bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM products)`).Scan(&filled); err != nil {
		return err
	}
	if !filled {
		var products []Product
		if err := json.Unmarshal(seed, &products); err != nil {
			return fmt.Errorf("seed.json: %w", err)
		}
		for _, product := range products {
			if _, err := insert(ctx, tx, product); err != nil {
				return fmt.Errorf("seed.json: %q: %w", product.Name, err)
			}
		}
	}
	return tx.Commit()
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var count int
	return s.db.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM products LIMIT 1)`).Scan(&count)
}
