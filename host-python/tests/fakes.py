"""Modules written by hand, for what the real one never does."""

from __future__ import annotations

import json

import wasmtime

BUFFER = 1024


def fake_module(
    *, abi: int = 1 << 16, memory: bool = True, leave_out: str = "", verify: str = "unreachable"
) -> bytes:
    """A module that opens any policy; `verify` is the body of `authn_verify`."""
    unavailable = {"message": "no verdict", "status": 503}
    about = {
        "codes": [
            {"code": code, **unavailable} for code in ("VERIFIER_UNAVAILABLE", "JWKS_UNAVAILABLE")
        ]
    }
    opened = {
        "verifier": 1,
        "fingerprint": "0" * 64,
        "issuers": [{"issuer": ["https://id.example/"], "keys": "static"}],
    }
    functions = {
        "authn_abi_version": f"(result i32) (i32.const {abi})",
        "authn_buffer": f"(result i32) (i32.const {BUFFER})",
        "authn_buffer_size": "(result i32) (i32.const 4096)",
        "authn_about": f"(result i32) {_say(8192, about)}",
        "authn_open": f"(param i32) (result i32) {_say(16384, opened)}",
        "authn_verify": f"(param i32 i32 f64 i32) (result i32) {verify}",
        "authn_status": "(param i32 f64) (result i32) (i32.const 0)",
        "authn_close": "(param i32) (result i32) (i32.const 0)",
        "authn_fetch_started": "(param i32 i32 f64) (result i32) (i32.const 0)",
        "authn_fetch_failed": "(param i32 i32 f64 f64 f64) (result i32) (i32.const 0)",
        "authn_fetch_abandoned": "(param i32 i32 f64) (result i32) (i32.const 0)",
        "authn_explain": "(param i32 i32 i32 f64 i32) (result i32) (i32.const 0)",
        "authn_inspect": "(param i32) (result i32) (i32.const 0)",
        "authn_contract": "(param i32) (result i32) (i32.const 0)",
        "authn_diagnose": "(param i32) (result i32) (i32.const 0)",
        "authn_offer": "(param i32 i32 i32 f64 f64 f64 i32) (result i32) (i32.const 0)",
        "authn_restore": "(param i32 i32 f64 f64 f64 f64 i32) (result i32) (i32.const 0)",
    }
    lines = ["(module", '(memory (export "memory") 1)' if memory else "(memory 1)"]
    lines += [_data(8192, about), _data(16384, opened), _data(24576, "verdict")]
    lines += [
        f'(func (export "{name}") {body})' for name, body in functions.items() if name != leave_out
    ]
    wasm: bytes = bytes(wasmtime.wat2wasm("\n".join([*lines, ")"])))
    return wasm


def _say(address: int, message: object) -> str:
    length = len(json.dumps(message))
    copy = f"(memory.copy (i32.const {BUFFER}) (i32.const {address}) (i32.const {length}))"
    return f"{copy} (i32.const {length})"


def _data(address: int, message: object) -> str:
    text = json.dumps(message).replace("\\", "\\5c").replace('"', "\\22")
    return f'(data (i32.const {address}) "{text}")'
