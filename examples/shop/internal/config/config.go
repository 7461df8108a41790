// Package config reads the settings of the shop from environment variables. It reads no file:
// whoever starts the shop decides where the variables come from.
package config

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// Config is what can be set from outside.
type Config struct {
	Addr            string        // ADDR, with its port replaced by PORT where that is set
	Name            string        // SHOP_NAME
	DB              string        // SHOP_DB, the file of the SQLite database
	User, Password  string        // SHOP_USER and SHOP_PASSWORD, the only account; unset: nobody can log in
	ShutdownTimeout time.Duration // SHOP_SHUTDOWN_TIMEOUT, how long requests may take to finish at the end
}

// Read makes a Config of the variables that getenv knows, for example [os.Getenv]. It reports
// every value that is wrong, not only the first one.
func Read(getenv func(string) string) (Config, error) {
	get := func(name, fallback string) string {
		if value := getenv(name); value != "" {
			return value
		}
		return fallback
	}
	config := Config{
		Name:     get("SHOP_NAME", "Shop"),
		DB:       get("SHOP_DB", "var/shop.db"),
		User:     getenv("SHOP_USER"),
		Password: getenv("SHOP_PASSWORD"),
	}
	var errAddr, errTimeout error
	config.Addr, errAddr = address(get("ADDR", "127.0.0.1:8080"), getenv("PORT"))
	config.ShutdownTimeout, errTimeout = duration("SHOP_SHUTDOWN_TIMEOUT", get("SHOP_SHUTDOWN_TIMEOUT", "4s"))
	return config, errors.Join(errAddr, errTimeout)
}

func address(addr, port string) (string, error) {
	host, ownPort, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("ADDR=%q: want host:port, for example 127.0.0.1:8080", addr)
	}
	name := "ADDR"
	if port == "" {
		port = ownPort
	} else {
		name = "PORT"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("%s: %q is not a port, want a number from 0 to 65535", name, port)
	}
	return net.JoinHostPort(host, port), nil
}

func duration(name, text string) (time.Duration, error) {
	value, err := time.ParseDuration(text)
	if err != nil || value <= 0 {
		return 0, fmt.Errorf("%s=%q: want a duration above zero, for example 4s", name, text)
	}
	return value, nil
}
