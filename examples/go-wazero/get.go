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

// client follows no redirect, keeps no cookies, and decodes nothing.
var client = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableCompression: true},
}

var (
	errEncoded  = errors.New("the body has an encoding that was not asked for")
	errTooLarge = errors.New("the body is too large")
)

// get fetches what the step names, and returns what to tell: a line of facts, and the body if there is one.
func get(wanted step) []byte {
	started := time.Now()
	facts := map[string]any{}
	body, err := read(wanted, facts)
	facts["elapsed"] = time.Since(started).Seconds()
	if err != nil {
		facts["error"] = word(err)
	}
	told, _ := json.Marshal(facts) // strings and numbers can always be written
	if len(body) > 0 {
		told = append(append(told, '\n'), body...)
	}
	return told
}

// read adds what the answer says to the facts; with an error they hold the headers alone.
func read(wanted step, facts map[string]any) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(wanted.Timeout*float64(time.Second)))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, wanted.URL, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "identity")
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
	var body []byte
	if response.StatusCode == http.StatusOK {
		if body, err = readBody(response, wanted.MaxBytes); err != nil {
			return nil, err
		}
	}
	facts["status"], facts["redirected"] = response.StatusCode, false
	return body, nil
}

func readBody(response *http.Response, most int64) ([]byte, error) {
	if response.Header.Get("Content-Encoding") != "" {
		return nil, errEncoded
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	if err == nil && int64(len(body)) > most {
		return nil, errTooLarge
	}
	return body, err
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
