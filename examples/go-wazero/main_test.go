// The host before an issuer on loopback, with policies, keys and tokens of tests/vectors. The clock is theirs.
package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const module = "../../pkg/authn.wasm"

// vectors is what is read of a file of tests/vectors.
type vectors struct {
	Groups []struct {
		ID     string
		Policy json.RawMessage
		Calls  []struct{ Operation, Payload string }
		Cases  []struct {
			ID      string
			Input   string
			Now     float64
			Verdict struct {
				Code     string
				Identity json.RawMessage
			}
		}
	}
}

// vector is one token, what it is verified by, and what becomes of it.
type vector struct {
	token, policy, keySet, code, identity string
	now                                   func() time.Time
}

func find(t *testing.T, file, id string) (found vector) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../tests/vectors", file))
	if err != nil {
		t.Fatal(err)
	}
	var all vectors
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, group := range all.Groups {
		for _, one := range group.Cases {
			if one.ID != id {
				continue
			}
			found = vector{token: one.Input, policy: string(group.Policy), code: one.Verdict.Code, identity: string(one.Verdict.Identity)}
			found.now = func() time.Time { return time.Unix(int64(one.Now), 0) }
			for _, call := range group.Calls {
				if call.Operation == "told" {
					_, found.keySet, _ = strings.Cut(call.Payload, "\n")
				}
			}
			return found
		}
	}
	t.Fatalf("%s has no case `%s`", file, id)
	return found
}

// issuer serves on loopback until the test ends.
func issuer(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

func serving(body string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write([]byte(body)) }
}

// expect runs the command under a policy, and compares its exit status and a part of its output.
func expect(t *testing.T, one vector, policy string, status int, output string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	got := run([]string{module, file, one.token}, one.now, &out)
	if got != status || !strings.Contains(out.String(), output) {
		t.Errorf("exit status %d, output %q; expected %d, %q", got, out.String(), status, output)
	}
}

// at is the policy of the vector with its keys at another address.
func (one vector) at(t *testing.T, address string) string {
	t.Helper()
	const theirs = `"https://id.example/jwks/"`
	if !strings.Contains(one.policy, theirs) {
		t.Fatalf("the policy has no %s", theirs)
	}
	return strings.ReplaceAll(one.policy, theirs, `"`+address+`"`)
}

func TestEachAlgorithmGivesTheIdentityOfTheVectors(t *testing.T) {
	for _, algorithm := range []string{"rs256", "ps256", "es256", "es512", "eddsa"} {
		one := find(t, "algorithm.json", "algorithm/each-"+algorithm)
		if one.identity == "" {
			t.Fatal("the vector has no identity")
		}
		expect(t, one, one.at(t, issuer(t, serving(one.keySet))), 0, one.identity+"\n")
	}
}

func TestARefusedTokenGivesTheCodeOfTheVectors(t *testing.T) {
	for file, id := range map[string]string{"time.json": "time/edge-exp-now", "signature.json": "signature/tampered-payload"} {
		one := find(t, file, id)
		if one.code == "" {
			t.Fatal("the vector is not refused")
		}
		expect(t, one, one.at(t, issuer(t, serving(one.keySet))), 1, one.code+": ")
	}
}

func TestWhatTheIssuerSaysIsReported(t *testing.T) {
	one := find(t, "algorithm.json", "algorithm/each-rs256")
	var asked *http.Request
	address := issuer(t, func(out http.ResponseWriter, request *http.Request) {
		asked = request
		out.Header().Add("Cache-Control", "public")
		out.Header().Add("Cache-Control", "max-age=900")
		out.Header().Set("Set-Cookie", "secret=1")
		_, _ = out.Write([]byte(one.keySet))
	})
	told := get(step{Do: "fetch", URL: address, Headers: map[string]string{"accept": "application/json"},
		Report: []string{"cache-control", "age"}, Timeout: 5, MaxBytes: 262144})
	line, body, _ := strings.Cut(string(told), "\n")
	var facts map[string]any
	if err := json.Unmarshal([]byte(line), &facts); err != nil {
		t.Fatal(err)
	}
	delete(facts, "elapsed")
	got, _ := json.Marshal(facts)
	if want := `{"headers":{"cache-control":"public, max-age=900"},"redirected":false,"status":200}`; string(got) != want {
		t.Errorf("told %s, expected %s", got, want)
	}
	if body != one.keySet {
		t.Error("the body is not what was served")
	}
	if asked.Header.Get("Accept") != "application/json" || asked.Header.Get("Accept-Encoding") != "identity" {
		t.Errorf("asked with %v", asked.Header)
	}
}

func TestAnOutageIsNamedAndIsNotTheTokensFault(t *testing.T) {
	one := find(t, "algorithm.json", "algorithm/each-rs256")
	closed := httptest.NewServer(serving(one.keySet))
	closed.Close()
	elsewhere := issuer(t, serving(one.keySet))
	for name, address := range map[string]string{
		"refused":  closed.URL,
		"http_503": issuer(t, func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(503) }),
		"http_404": issuer(t, func(out http.ResponseWriter, _ *http.Request) {
			out.WriteHeader(404)
			_, _ = out.Write([]byte(strings.Repeat("x", 300_000)))
		}),
		"redirect":  issuer(t, http.RedirectHandler(elsewhere, 302).ServeHTTP),
		"too_large": issuer(t, serving(one.keySet+strings.Repeat(" ", 262144))),
		"not_json":  issuer(t, serving("<html>")),
		"content_encoding": issuer(t, func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Encoding", "gzip")
			_, _ = out.Write([]byte(one.keySet))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, one, one.at(t, address), 1, "JWKS_UNAVAILABLE: ")
			expect(t, one, one.at(t, address), 1, `"error":"`+name+`"`)
		})
	}
}

func TestKeysAreFoundByDiscovery(t *testing.T) {
	one := find(t, "algorithm.json", "algorithm/each-es256")
	var address string
	address = issuer(t, func(out http.ResponseWriter, request *http.Request) {
		switch request.URL.Path {
		case "/.well-known/openid-configuration":
			_, _ = out.Write([]byte(`{"issuer":"` + address + `","jwks_uri":"` + address + `/keys"}`))
		case "/keys":
			_, _ = out.Write([]byte(one.keySet))
		default:
			out.WriteHeader(404)
		}
	})
	policy := `{"issuers":[{"issuer":["` + address + `","https://id.example/"],"audience":["keys-app"]}]}`
	expect(t, one, policy, 0, one.identity+"\n")
}

func TestATokenLongerThanTheBufferIsTooLarge(t *testing.T) {
	one := find(t, "algorithm.json", "algorithm/each-rs256")
	one.token = strings.Repeat("x", 600_000)
	expect(t, one, one.policy, 1, "TOKEN_TOO_LARGE: ")
}

func TestKeysThatMayNotBeFetchedNowAreAnOutage(t *testing.T) {
	one := find(t, "algorithm.json", "algorithm/each-rs256")
	fetches := 0
	address := issuer(t, func(out http.ResponseWriter, _ *http.Request) {
		fetches++
		out.WriteHeader(503)
	})
	wasm, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	host, err := Open(wasm, []byte(one.at(t, address)), one.now)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		verdict, err := host.Verify(one.token)
		if err != nil || verdict.Code != "JWKS_UNAVAILABLE" {
			t.Errorf("verdict %v, error %v", verdict, err)
		}
	}
	if fetches != 1 {
		t.Errorf("%d fetches, expected one: the second token comes during the back-off", fetches)
	}
}

func TestAPolicyAtFaultIsNamed(t *testing.T) {
	one := find(t, "algorithm.json", "algorithm/each-rs256")
	policy := strings.Replace(one.policy, "jwks_uri", "jwks_url", 1)
	expect(t, one, policy, 2, "INVALID_POLICY /issuers/0/jwks_url: ")
}

func TestAModuleOfAnotherMajorIsRefused(t *testing.T) {
	const wasm = "\x00asm\x01\x00\x00\x00" + // three exports that are one function: it answers 3 << 16
		"\x01\x05\x01\x60\x00\x01\x7f" + "\x03\x02\x01\x00" +
		"\x07\x38\x03" + "\x11authn_abi_version\x00\x00" + "\x0cauthn_buffer\x00\x00" + "\x11authn_buffer_size\x00\x00" +
		"\x0a\x08\x01\x06\x00\x41\x80\x80\x0c\x0b"
	_, err := Open([]byte(wasm), nil, time.Now)
	if want := "the module speaks ABI 3.0, this host ABI 2"; err == nil || err.Error() != want {
		t.Errorf("error %v, expected %s", err, want)
	}
}
