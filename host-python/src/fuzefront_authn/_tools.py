"""Runs `authn-tools.wasm`, which examines documents and prints: here is done what it needs.

It answers the same message again and again, each time with more facts, until it needs no more.
"""

from __future__ import annotations

import base64
import errno
import json
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, Optional

import wasmtime

from ._contract import family_text
from ._engine import Broken, Instance, InvalidCall, Module, packaged, shared_module
from ._errors import EngineError
from ._http import get, load_httpx

if TYPE_CHECKING:
    import httpx

__all__ = ["run"]

MAX_RUNS = 64
"""How often it is asked: more than any command needs."""

Fact = dict[str, Any]


def run(
    message: Mapping[str, Any],
    *,
    now: Callable[[], float] = time.time,
    client: Optional[httpx.Client] = None,
) -> dict[str, Any]:
    """What is done in the end (docs/tools.md).

    Raises MissingExtraError where a fetch needs httpx, EngineError for a module that is at fault.
    """
    tools = _Tools()
    world = _World(now, client)
    facts: list[Fact] = []
    for _ in range(MAX_RUNS):
        answer = tools.call({**message, "facts": facts})
        needs = answer.get("needs")
        if needs is None:
            break
        facts += world.facts(needs)
    if "done" not in answer:
        raise EngineError(f"`authn-tools.wasm` fails: {answer.get('error')}")
    done: dict[str, Any] = answer["done"]
    return done


class _Tools:
    """One instance of `authn-tools.wasm`."""

    def __init__(self) -> None:
        module = _module()
        self._store = wasmtime.Store(module.engine)
        exports = wasmtime.Instance(self._store, module.compiled, []).exports(self._store)
        self._exports: dict[str, Any] = {str(name): item for name, item in exports.items()}

    def call(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a message."""
        data = json.dumps(message).encode()
        memory = self._exports["memory"]
        try:
            memory.write(self._store, data, self._number("room", len(data)))
            length = self._number("call")
            start = self._number("answer")
            answer: dict[str, Any] = json.loads(memory.read(self._store, start, start + length))
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise EngineError("`authn-tools.wasm` trapped") from error
        return answer

    def _number(self, name: str, *arguments: int) -> int:
        return int(self._exports[f"authn_tools_{name}"](self._store, *arguments)) & 0xFFFFFFFF


class _World:
    """Finds the facts."""

    def __init__(self, now: Callable[[], float], client: Optional[httpx.Client]) -> None:
        self._now = now
        self._client = client
        self._instance: Optional[Instance] = None

    def facts(self, needs: Sequence[Mapping[str, Any]]) -> list[Fact]:
        """One fact for each need, in their order; what is fetched is fetched at the same time."""
        if any(need["do"] == "fetch" for need in needs):
            load_httpx()
        found = [self._fetch(need) if need["do"] == "fetch" else self._fact(need) for need in needs]
        return [fact() if callable(fact) else fact for fact in found]

    def _fact(self, need: Mapping[str, Any]) -> Fact:
        do = need["do"]
        if do == "ask":
            return self._ask(need)
        if do == "now":
            return {"now": self._now()}
        if do == "package":
            return {"contract": family_text(), "module_sha256": shared_module().digest}
        if do == "read":
            return _read(need["path"])
        if do == "stdin":
            return {"text": sys.stdin.buffer.read().decode("utf-8", "replace")}
        raise EngineError(f"`authn-tools.wasm` needs `{do}`, which this host does not know")

    def _ask(self, need: Mapping[str, Any]) -> Fact:
        if self._instance is None:
            self._instance = shared_module().instance()
        names = ("verifier", "issuer", "flags", "attempt", "now")
        members = {name: need[name] for name in names}
        try:
            payload = _bytes(need["payload"])
            answer = self._instance.call(need["operation"], payload, **members)
        except (Broken, InvalidCall) as error:
            self._instance = None
            return {"error": str(error)}
        return {"answer": answer.decode()}

    def _fetch(self, need: Mapping[str, Any]) -> Callable[[], Fact]:
        """Begins it, in a daemon thread: no resolver can make the command wait for longer."""
        found: list[Fact] = []
        begun = time.monotonic()
        timeout = float(need["timeout"])

        def work() -> None:
            facts, body = get(
                need["url"],
                headers=need["headers"],
                report=need["report"],
                timeout=timeout,
                max_bytes=need["max_bytes"],
                client=self._client,
                body=need["body"],
            )
            found.append({**facts, "body": base64.urlsafe_b64encode(body).rstrip(b"=").decode()})

        def finish() -> Fact:
            thread.join(max(0.0, begun + timeout - time.monotonic()))
            return found[0] if found else {"error": "timeout", "elapsed": timeout}

        thread = threading.Thread(target=work, name="fuzefront-authn-tools", daemon=True)
        thread.start()
        return finish


@lru_cache(maxsize=1)
def _module() -> Module:
    """Compiled when it is first needed."""
    return Module(packaged("authn-tools.wasm", "pkg"), "authn-tools.wasm")


def _read(path: str) -> Fact:
    try:
        # Named in UTF-8 too, whatever the locale says; on Windows names are text.
        with open(path if os.name == "nt" else path.encode(), "rb") as file:
            return {"text": file.read().decode("utf-8", "replace")}
    except OSError as error:
        return {"error": errno.errorcode.get(error.errno or 0, "EIO")}
    except ValueError:  # a NUL in the name
        return {"error": "EINVAL"}


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
