"""Loads `authn.wasm` and speaks the module's interface (docs/abi.md); knows nothing of tokens.

The module is compiled once per process. An `Instance` is single-threaded: its owner holds a lock.
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

from ._errors import EngineError

__all__ = [
    "ABI_MAJOR",
    "Broken",
    "Instance",
    "InvalidCall",
    "Module",
    "call_once",
    "shared_module",
]

ABI_MAJOR = 1
_EXPORTS = (
    "authn_about",
    "authn_buffer",
    "authn_buffer_size",
    "authn_close",
    "authn_contract",
    "authn_diagnose",
    "authn_explain",
    "authn_fetch_abandoned",
    "authn_fetch_failed",
    "authn_fetch_started",
    "authn_inspect",
    "authn_offer",
    "authn_open",
    "authn_restore",
    "authn_status",
    "authn_verify",
)


class Broken(Exception):
    """The instance trapped, or answered what no sound module answers: it must not be used again."""


class InvalidCall(Exception):
    """The module says that this host called it wrongly: a bug here, and never a verdict."""


class Module:
    """The compiled module and its SHA-256; may be used from any thread."""

    def __init__(self, wasm: bytes) -> None:
        self.digest = hashlib.sha256(wasm).hexdigest()
        config = wasmtime.Config()
        # The threads of wasmtime's compiler do not survive a fork: a child would wait for them.
        config.parallel_compilation = not _shared.forked
        self.engine = wasmtime.Engine(config)
        try:
            self.compiled = wasmtime.Module(self.engine, wasm)
        except wasmtime.WasmtimeError as error:
            raise EngineError("`authn.wasm` is not a WebAssembly module") from error

    def instance(self) -> Instance:
        """A new instance, its interface version checked before anything else is asked of it."""
        return Instance(self)


class Instance:
    """One instance with its memory. Every call writes, calls and reads; never enter it twice."""

    def __init__(self, module: Module) -> None:
        self._store = wasmtime.Store(module.engine)
        try:
            exports = wasmtime.Instance(self._store, module.compiled, []).exports(self._store)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise EngineError("`authn.wasm` cannot be instantiated") from error
        self._functions: dict[str, wasmtime.Func] = {}
        for name, item in exports.items():
            if isinstance(item, wasmtime.Func):
                self._functions[str(name)] = item
            elif isinstance(item, wasmtime.Memory) and name == "memory":
                self._memory = item
        self._refuse_other_abi()
        self.last_answer = b""
        self._buffer = self._number("authn_buffer")
        self.buffer_size = self._number("authn_buffer_size")

    def call(self, export: str, *arguments: float, data: Optional[bytes] = None) -> bytes:
        """One crossing: `data` into the buffer, the call, the answer out of the buffer.

        The length of `data` is the last argument of every export that takes a message. Raises
        Broken when the instance must be dropped, InvalidCall when `data` does not fit.
        """
        try:
            if data is not None:
                if len(data) > self.buffer_size:
                    raise InvalidCall("the message does not fit into the buffer of the module")
                ctypes.memmove(self._address(), data, len(data))
                arguments = (*arguments, len(data))
            length = self._number(export, *arguments)
            if not 0 < length <= self.buffer_size:
                raise Broken("an answer of impossible length")
            return ctypes.string_at(self._address(), length)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise Broken(f"`{export}` trapped") from error

    def ask(self, export: str, *arguments: float, data: Optional[bytes] = None) -> dict[str, Any]:
        """As `call`, with the answer read as the JSON object it is."""
        answer = self.last_answer = self.call(export, *arguments, data=data)
        try:
            message = json.loads(answer)
        except ValueError as error:
            raise Broken(f"`{export}` answered no JSON") from error
        if not isinstance(message, dict):
            raise Broken(f"`{export}` answered no JSON object")
        if (message.get("error") or {}).get("code") == "INVALID_CALL":
            raise InvalidCall(str(message["error"].get("message")))
        return message

    def close(self, verifier: int) -> bool:
        """Forgets a verifier; False if it was not open."""
        return self._number("authn_close", verifier) == 1

    def _address(self) -> int:
        # Taken anew each time: memory may move whenever it grows.
        return ctypes.addressof(self._memory.data_ptr(self._store).contents) + self._buffer

    def _number(self, export: str, *arguments: float) -> int:
        function = self._functions.get(export)
        if function is None:
            raise EngineError(f"`authn.wasm` has no export `{export}`")
        return int(function(self._store, *arguments)) & 0xFFFFFFFF

    def _refuse_other_abi(self) -> None:
        version = self._number("authn_abi_version")
        if version >> 16 != ABI_MAJOR:
            raise EngineError(
                f"`authn.wasm` speaks interface {version >> 16}.{version & 0xFFFF},"
                f" this host needs {ABI_MAJOR}.x"
            )
        exported = {*self._functions, *(["memory"] if hasattr(self, "_memory") else [])}
        for name in (*_EXPORTS, "memory"):
            if name not in exported:
                raise EngineError(f"`authn.wasm` has no export `{name}`")


def shared_module() -> Module:
    """The one compiled module of this process, loaded when first needed."""
    return _shared.module()


def call_once(instance: Instance, export: str, data: bytes) -> bytes:
    """The answer, as it came, of an export that needs no verifier.

    Raises EngineError: there a trap, or a call the module calls wrong, is nobody else's fault.
    """
    try:
        instance.ask(export, data=data)
    except Broken as error:
        raise EngineError(f"`authn.wasm` traps in `{export}`") from error
    except InvalidCall as error:
        raise EngineError(str(error)) from error
    return instance.last_answer


def _read_wasm() -> bytes:
    packaged = importlib.resources.files(__package__).joinpath("authn.wasm")
    if packaged.is_file():
        return packaged.read_bytes()
    # In a development install the sources lie in the repository, where `pkg/` is the only copy.
    project = Path(__file__).resolve().parents[2]
    built = project.parent / "pkg" / "authn.wasm"
    if (project / "pyproject.toml").is_file() and built.is_file():
        return built.read_bytes()
    raise EngineError("`authn.wasm` is not in the package")


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
                self._module = Module(_read_wasm())
            return self._module

    def _child(self) -> None:
        self.forked = True
        self._lock = threading.RLock()


_shared = _Shared()
