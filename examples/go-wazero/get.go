// One GET as docs/abi.md asks for it, and its facts in the form in which they are told.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// step is what the module wants done next; a host without a store sees fetch, done and nothing.
type step struct {
	Do       string
	URL      string
	Headers  map[string]string
	Report   []string
	Timeout  float64 // seconds
	MaxBytes int64   `json:"max_bytes"`
}

// client follows no redirect, keeps no cookies, and asks for no compression.
var client = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true},
}

var (
	errEncoded  = errors.New("the body has an encoding that was not asked for")
	errTooLarge = errors.New("the body is too large")
)

// get fetches what the step names, and returns what to tell: a line of facts, and the body.
func get(wanted step) []byte {
	started := time.Now()
	facts := map[string]any{}
	body, err := read(wanted, facts)
	facts["elapsed"] = time.Since(started).Seconds()
	if err != nil {
		facts["error"] = word(err)
	}
	told, _ := json.Marshal(facts) // strings and numbers can always be written
	return append(append(told, '\n'), body...)
}

// read adds what the answer says to the facts; with an error they hold the headers alone.
func read(wanted step, facts map[string]any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(wanted.Timeout*float64(time.Second)))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, wanted.URL, nil)
	if err != nil {
		return nil, err
	}
	for name, value := range wanted.Headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	headers := map[string]string{}
	for _, name := range wanted.Report {
		if values := response.Header.Values(name); len(values) > 0 {
			headers[name] = strings.Join(values, ", ")
		}
	}
	facts["headers"] = headers
	if response.Header.Get("Content-Encoding") != "" {
		return nil, errEncoded
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, wanted.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > wanted.MaxBytes {
		return nil, errTooLarge
	}
	facts["status"], facts["redirected"] = response.StatusCode, false
	return body, nil
}

// word names why a GET brought no answer; what it does not know is told as `network`.
func word(err error) string {
	var timeout interface{ Timeout() bool }
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errTooLarge):
		return "too_large"
	case errors.Is(err, errEncoded):
		return "content_encoding"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.As(err, &dns):
		return "dns"
	case errors.As(err, &certificate):
		return "tls"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	default:
		return "network"
	}
}
