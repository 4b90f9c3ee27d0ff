"""Modules written by hand, for what the real one never does."""

from __future__ import annotations

import json

import wasmtime

BUFFER = 1024
SIZE = 4096


def fake_module(
    *, abi: str = "2.0", memory: bool = True, leave_out: str = "", verify: str = "unreachable"
) -> bytes:
    """A module that opens any policy; `verify` is what the door does for operation 3."""
    about = {"abi": abi}
    opened = {
        "verifier": 1,
        "fingerprint": "0" * 64,
        "issuers": [{"issuer": ["https://id.example/"], "keys": "static"}],
    }
    texts = {8192: about, 16384: opened}
    operation = f"(i32.load (i32.const {BUFFER}))"
    door = (
        f"(if (result i32) (i32.eqz {operation}) (then {_say(8192, about)}) (else "
        f"(if (result i32) (i32.eq {operation} (i32.const 1)) (then {_say(16384, opened)}) (else "
        f"{verify}))))"
    )
    functions = {
        "authn_abi_version": "(i32.const 0)",
        "authn_buffer": f"(i32.const {BUFFER})",
        "authn_buffer_size": f"(i32.const {SIZE})",
        "authn_call": door,
    }
    lines = ["(module", '(memory (export "memory") 1)' if memory else "(memory 1)"]
    lines += [_data(address, text) for address, text in texts.items()]
    lines += [
        f'(func (export "{name}") (result i32) {body})'
        for name, body in functions.items()
        if name != leave_out
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
