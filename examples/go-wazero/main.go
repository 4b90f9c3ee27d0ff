// A host of authn.wasm in Go, on wazero, written from docs/abi.md alone. It opens a policy, brings keys over net/http, and
// prints who a token speaks for, or why it is refused.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// run is the command: it prints the outcome, and returns the exit status.
func run(arguments []string, now func() time.Time, out io.Writer) int {
	verdict, err := verify(arguments, now)
	switch {
	case err != nil:
		fmt.Fprintln(out, err)
		return 2
	case verdict.Verdict == "accepted":
		fmt.Fprintln(out, string(verdict.Identity))
		return 0
	default:
		fmt.Fprintf(out, "%s: %s\n%s\n", verdict.Code, verdict.Message, verdict.Details)
		return 1
	}
}

func verify(arguments []string, now func() time.Time) (verdict Verdict, err error) {
	if len(arguments) != 3 {
		return verdict, errors.New("usage: go run . MODULE POLICY TOKEN")
	}
	module, err := os.ReadFile(arguments[0])
	if err != nil {
		return verdict, err
	}
	policy, err := os.ReadFile(arguments[1])
	if err != nil {
		return verdict, err
	}
	host, err := Open(module, policy, now)
	if err != nil {
		return verdict, err
	}
	return host.Verify(arguments[2])
}

func main() { os.Exit(run(os.Args[1:], time.Now, os.Stdout)) }
