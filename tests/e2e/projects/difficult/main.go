// An app that is hard to replace while it serves: a listener for profiles comes before all others, a
// database is locked, a UDP port cannot be handed over, migrations take their time, and TCP, TLS and a
// Unix socket come last.
//
// MIGRATE is how long the migrations take; with MIGRATE_FIRST they come before the lock.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
	bolt "go.etcd.io/bbolt"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, "difficult:", err)
		os.Exit(1)
	}
	return value
}

func migrate() {
	fmt.Println("difficult: migrating")
	time.Sleep(must(time.ParseDuration(os.Getenv("MIGRATE"))))
	fmt.Println("difficult: migrated")
}

// boots counts the starts in the database, which bbolt locks as long as it is open.
func boots(db *bolt.DB) (n int) {
	must(0, db.Update(func(tx *bolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists([]byte("app"))
		if err != nil {
			return err
		}
		n, _ = strconv.Atoi(string(bucket.Get([]byte("boots"))))
		n++
		return bucket.Put([]byte("boots"), []byte(strconv.Itoa(n)))
	}))
	return n
}

func echo(socket net.PacketConn) {
	buffer := make([]byte, 1500)
	for {
		n, from, err := socket.ReadFrom(buffer)
		if err != nil {
			return
		}
		_, _ = socket.WriteTo(append([]byte(Text+" "), buffer[:n]...), from)
	}
}

func certificate() tls.Certificate {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	bytes := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	return tls.Certificate{Certificate: [][]byte{bytes}, PrivateKey: key}
}

func main() {
	profiles := must(net.Listen("tcp", "127.0.0.1:"+os.Getenv("PPROF_PORT")))
	go func() { _ = http.Serve(profiles, nil) }()

	if os.Getenv("MIGRATE_FIRST") != "" {
		migrate()
	}
	db := must(bolt.Open("app.db", 0o600, nil))
	socket := must(net.ListenPacket("udp", "127.0.0.1:"+os.Getenv("UDP_PORT")))
	go echo(socket)
	if os.Getenv("MIGRATE_FIRST") == "" {
		migrate()
	}

	count := boots(db)
	router := gin.New()
	router.GET("/text", func(c *gin.Context) { c.String(http.StatusOK, Text) })
	router.GET("/boots", func(c *gin.Context) { c.String(http.StatusOK, "%d", count) })

	server := &http.Server{Handler: router, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate()}}}
	serve := func(how func() error) {
		go func() {
			if err := how(); !errors.Is(err, http.ErrServerClosed) {
				must(0, err)
			}
		}()
	}
	plain := must(net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT")))
	secure := must(net.Listen("tcp", ":"+os.Getenv("TLS_PORT")))
	local := must(net.Listen("unix", "app.sock"))
	serve(func() error { return server.Serve(plain) })
	serve(func() error { return server.ServeTLS(secure, "", "") })
	serve(func() error { return server.Serve(local) })
	fmt.Println("difficult: serving", Text)

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = server.Shutdown(ctx)
	_ = db.Close()
}
