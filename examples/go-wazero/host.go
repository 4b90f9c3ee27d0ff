// The host: bytes into the module, answers out, and the conversation that brings keys. The module decides.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// What this host uses of docs/abi.md, "Calls".
const (
	abiMajor  = 2
	headBytes = 40
	// The attempt in which the module decides by the keys at hand.
	lastAttempt = 3

	opOpen   uint32 = 1
	opVerify uint32 = 3
	opFetch  uint32 = 6
	opTold   uint32 = 7
)

// compiled keeps the module's code, so that a process compiles it once.
var compiled = wazero.NewCompilationCache()

// Host is one instance of the module with one policy open in it, for one goroutine at a time.
type Host struct {
	now                    func() time.Time // an argument: the module has no clock
	module                 api.Module
	buffer, size, verifier uint32
}

// Verdict is what the module says of a token.
type Verdict struct {
	Verdict  string          // accepted, rejected or keys_needed
	Identity json.RawMessage // of an accepted token
	Code     string          // of a rejected one
	Message  string
	Details  json.RawMessage // for the log, not for the client
	Issuer   uint32          // whose keys are needed
}

// Open makes an instance of the module and opens the policy in it.
func Open(module, policy []byte, now func() time.Time) (*Host, error) {
	ctx := context.Background()
	config := wazero.NewRuntimeConfig().WithCompilationCache(compiled)
	instance, err := wazero.NewRuntimeWithConfig(ctx, config).Instantiate(ctx, module)
	if err != nil {
		return nil, err
	}
	h := &Host{now: now, module: instance}
	var version uint32
	for export, number := range map[string]*uint32{
		"authn_abi_version": &version, "authn_buffer": &h.buffer, "authn_buffer_size": &h.size,
	} {
		if *number, err = h.number(export); err != nil {
			return nil, err
		}
	}
	if version>>16 != abiMajor {
		return nil, fmt.Errorf("the module speaks ABI %d.%d, this host ABI %d", version>>16, version&0xffff, abiMajor)
	}
	var opened struct{ Verifier uint32 }
	err = h.ask(opOpen, 0, 0, policy, &opened)
	h.verifier = opened.Verifier
	return h, err
}

// Verify gives the verdict on a token, and brings keys where it needs some. After an error the host is of no more use, and
// the request is answered VERIFIER_UNAVAILABLE (503): it is never the token's fault.
func (h *Host) Verify(token string) (verdict Verdict, err error) {
	for attempt := uint32(0); ; attempt++ {
		verdict = Verdict{}
		// What does not fit is cut: the answer is TOKEN_TOO_LARGE all the same.
		whole := []byte(token)
		err = h.ask(opVerify, 0, attempt, whole[:min(len(whole), int(h.size)-headBytes)], &verdict)
		if err != nil || verdict.Verdict != "keys_needed" {
			return verdict, err
		}
		var next step
		err = h.ask(opFetch, verdict.Issuer, 0, nil, &next)
		for err == nil && next.Do == "fetch" {
			told := get(next)
			next = step{}
			err = h.ask(opTold, verdict.Issuer, 0, told, &next)
		}
		if err != nil {
			return verdict, err
		}
		if next.Do == "nothing" {
			attempt = lastAttempt - 1
		}
	}
}

// ask makes one call. An error is a trap, a bug of this host, or a policy at fault.
func (h *Host) ask(operation, issuer, attempt uint32, payload []byte, answer any) error {
	if headBytes+len(payload) > int(h.size) {
		return fmt.Errorf("%d bytes do not fit into the buffer", len(payload))
	}
	var message bytes.Buffer
	for _, member := range []any{
		operation, h.verifier, issuer, uint32(0), // no flags: no store, no events
		float64(h.now().UnixMicro()) / 1e6, rand.Float64(), attempt, uint32(len(payload)),
	} {
		_ = binary.Write(&message, binary.LittleEndian, member) // memory takes every write
	}
	message.Write(payload)
	h.module.Memory().Write(h.buffer, message.Bytes())
	length, err := h.number("authn_call")
	if err != nil {
		return err
	}
	text, _ := h.module.Memory().Read(h.buffer, length)
	var refused struct {
		Error struct{ Code, Path, Message string }
	}
	// The `error` of a step is a word: it does not decode, and is not taken for a refusal.
	if json.Unmarshal(text, &refused) == nil && refused.Error.Code != "" {
		return fmt.Errorf("%s %s: %s", refused.Error.Code, refused.Error.Path, refused.Error.Message)
	}
	return json.Unmarshal(text, answer)
}

// number calls an export that takes nothing.
func (h *Host) number(export string) (uint32, error) {
	function := h.module.ExportedFunction(export)
	if function == nil {
		return 0, fmt.Errorf("the module does not export `%s`", export)
	}
	result, err := function.Call(context.Background())
	if err != nil {
		return 0, fmt.Errorf("the instance is broken: %w", err)
	}
	return api.DecodeU32(result[0]), nil
}
