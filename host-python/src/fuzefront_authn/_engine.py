"""Compiles a WebAssembly module and calls it through its one door; knows nothing of tokens.

`authn.wasm` is compiled once per process. An `Instance` is single-threaded: its owner holds a lock.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.resources
import json
import os
import threading
from pathlib import Path
from typing import Any, Optional

import wasmtime

from ._abi import ABI, ABOUT, head
from ._errors import EngineError

__all__ = ["Broken", "Instance", "InvalidCall", "Module", "ask_once", "packaged", "shared_module"]


class Broken(Exception):
    """The instance trapped, or answered what no sound module answers: it must not be used again."""


class InvalidCall(Exception):
    """The module says that this host called it wrongly: a bug here, never a verdict."""


class Module:
    """The compiled module and its SHA-256; may be used from any thread."""

    def __init__(self, wasm: bytes, name: str = "authn.wasm") -> None:
        self.digest = hashlib.sha256(wasm).hexdigest()
        config = wasmtime.Config()
        # The threads of wasmtime's compiler do not survive a fork: a child would wait for them.
        config.parallel_compilation = not _shared.forked
        self.engine = wasmtime.Engine(config)
        try:
            self.compiled = wasmtime.Module(self.engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise EngineError(f"`{name}` is not a WebAssembly module") from error

    def instance(self) -> Instance:
        """A new instance, its memory empty."""
        return Instance(self)


class Instance:
    """One instance with its memory. Never enter it twice."""

    def __init__(self, module: Module) -> None:
        self._store = wasmtime.Store(module.engine)
        try:
            exports = wasmtime.Instance(self._store, module.compiled, []).exports(self._store)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise EngineError("`authn.wasm` cannot be instantiated") from error
        self._exports = {str(name): item for name, item in exports.items()}
        self._memory = self._export("memory", wasmtime.Memory)
        self._door = self._export("authn_call", wasmtime.Func)
        self._buffer = self._number(self._export("authn_buffer", wasmtime.Func))
        self.buffer_size = self._number(self._export("authn_buffer_size", wasmtime.Func))

    def call(
        self,
        operation: int,
        payload: bytes = b"",
        *,
        verifier: int = 0,
        issuer: int = 0,
        flags: int = 0,
        now: float = 0.0,
        jitter: float = 0.0,
        attempt: int = 0,
    ) -> bytes:
        """One call: head and payload into the buffer, the answer out of it.

        Raises Broken when the instance must be dropped, InvalidCall for a payload that does not
        fit. `now` is in seconds since the epoch, `jitter` in [0, 1).
        """
        length = len(payload)
        message = head(operation, verifier, issuer, flags, now, jitter, attempt, length) + payload
        if len(message) > self.buffer_size:
            raise InvalidCall("the message does not fit into the buffer of the module")
        try:
            ctypes.memmove(self._address(), message, len(message))
            answered = self._number(self._door)
            if not 0 < answered <= self.buffer_size:
                raise Broken("an answer of impossible length")
            return ctypes.string_at(self._address(), answered)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise Broken(f"operation {operation} trapped") from error

    def ask(self, operation: int, payload: bytes = b"", **members: Any) -> dict[str, Any]:
        """As `call`, with the answer read as the JSON object it is."""
        try:
            message = json.loads(self.call(operation, payload, **members))
        except ValueError as error:
            raise Broken("the answer is not JSON") from error
        if not isinstance(message, dict):
            raise Broken("the answer is not a JSON object")
        refused = message.get("error")
        if isinstance(refused, dict) and refused.get("code") == "INVALID_CALL":
            raise InvalidCall(str(refused.get("message")))
        return message

    def refuse_other_abi(self) -> None:
        """Raises EngineError for a module that speaks another version of the interface."""
        try:
            spoken = self.ask(ABOUT).get("abi")
        except (Broken, InvalidCall) as error:
            raise EngineError("`authn.wasm` cannot say which interface it speaks") from error
        if spoken != ABI:
            raise EngineError(f"`authn.wasm` speaks interface {spoken}, this host needs {ABI}")

    def _export(self, name: str, kind: Any) -> Any:
        item = self._exports.get(name)
        if not isinstance(item, kind):
            raise EngineError(f"`authn.wasm` has no export `{name}`: it is of another version")
        return item

    def _address(self) -> int:
        # Taken anew each time: memory may move whenever it grows.
        return ctypes.addressof(self._memory.data_ptr(self._store).contents) + self._buffer

    def _number(self, function: Any) -> int:
        return int(function(self._store)) & 0xFFFFFFFF


def shared_module() -> Module:
    """`authn.wasm` as this process compiled it, when it was first needed."""
    return _shared.module()


def ask_once(operation: int, payload: bytes) -> dict[str, Any]:
    """The answer to a call that needs no verifier, from an instance of its own.

    Raises EngineError after a trap, InvalidCall for a payload that does not fit.
    """
    try:
        return shared_module().instance().ask(operation, payload)
    except Broken as error:
        raise EngineError(f"`authn.wasm` traps in operation {operation}") from error


def packaged(name: str, source: str) -> bytes:
    """A file that the package carries; in a development install it lies at `source`.

    Raises EngineError where it is in neither place.
    """
    carried = importlib.resources.files(__package__).joinpath(name)
    if carried.is_file():
        return carried.read_bytes()
    project = Path(__file__).resolve().parents[2]
    path = project.parent / source / name
    if (project / "pyproject.toml").is_file() and path.is_file():
        return path.read_bytes()
    raise EngineError(f"`{name}` is not in the package")


class _Shared:
    """A fork waits until no thread compiles: its child has the finished module."""

    def __init__(self) -> None:
        self._module: Optional[Module] = None
        self._lock = threading.RLock()
        self.forked = False
        if hasattr(os, "register_at_fork"):  # Windows has no fork
            os.register_at_fork(
                before=lambda: self._lock.acquire(),
                after_in_parent=lambda: self._lock.release(),
                after_in_child=self._child,
            )

    def module(self) -> Module:
        with self._lock:
            if self._module is None:
                module = Module(packaged("authn.wasm", "pkg"))
                module.instance().refuse_other_abi()
                self._module = module
            return self._module

    def _child(self) -> None:
        self.forked = True
        self._lock = threading.RLock()


_shared = _Shared()
