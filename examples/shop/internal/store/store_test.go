package store

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	store, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func TestOpenFillsAnEmptyShelfOnce(t *testing.T) {
	// What has a meaning in a URL has none in a path.
	path := filepath.Join(t.TempDir(), "new dir", "50%20?#.db")
	first := open(t, path)
	products, err := first.Products(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(products) != 6 || products[0].Name != "Enamel mug" {
		t.Fatalf("got %+v", products)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	again, err := open(t, path).Products(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(again) != len(products) {
		t.Errorf("%d products, %d after it was opened again", len(products), len(again))
	}
}

func TestOpenAtTheSameTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			store, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer store.Close()
			products, err := store.Products(t.Context(), 100)
			if err != nil || len(products) != 6 {
				t.Errorf("%d products, error %v", len(products), err)
			}
		})
	}
	group.Wait()
}

func TestCreate(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "shop.db"))
	created, err := store.Create(t.Context(), Product{Name: "Lamp", Description: "Warm", PriceCents: 999, Stock: 3})
	if err != nil {
		t.Fatal(err)
	}
	if created.ID == 0 || created.Icon != DefaultIcon {
		t.Errorf("got %+v", created)
	}
	got, err := store.Product(t.Context(), created.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got != created {
		t.Errorf("created %+v, got %+v", created, got)
	}
	if _, err := store.Create(t.Context(), Product{Name: "LAMP", PriceCents: 1}); !errors.Is(err, ErrExists) {
		t.Errorf("the same name again: %v, want ErrExists", err)
	}
	if _, err := store.Create(t.Context(), Product{Name: "Free"}); err == nil || errors.Is(err, ErrExists) {
		t.Errorf("a product without a price: %v, want another error than ErrExists", err)
	}
}

func TestProducts(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "shop.db"))
	products, err := store.Products(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(products) != 2 || products[0].ID >= products[1].ID {
		t.Errorf("got %+v", products)
	}
	if _, err := store.Product(t.Context(), 404); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestPing(t *testing.T) {
	store, err := Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Ping(t.Context()); err == nil {
		t.Error("a closed database answers")
	}
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("this is no database, only a text of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "shop.db")} {
		if store, err := Open(t.Context(), path); err == nil {
			t.Errorf("%s was opened", path)
			store.Close()
		}
	}
}
