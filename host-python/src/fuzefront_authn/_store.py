"""A place for fetched keys that replicas share. What is asked of it, the module says."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Mapping
from typing import Any, Callable, Optional, Protocol

from ._background import LATE, Background
from ._errors import PolicyError

__all__ = ["Asked", "KeyStore", "vetted_store"]


class KeyStore(Protocol):
    """What the option `store` must be. Anyone who can write to it decides whom you trust.

    It may also have `lock(key, ttl)`, which returns True if the lock was free and is now the
    caller's for `ttl` seconds, and `unlock(key)`. Without them replicas share, but do not wait for
    one another. Its methods are called in threads.
    """

    def get(self, key: str) -> Optional[str]:
        """The value, None without one."""

    def put(self, key: str, value: str, ttl: int) -> object:
        """Keeps a value for `ttl` seconds."""


def vetted_store(store: object) -> None:
    """Raises PolicyError for what is not a KeyStore."""
    for name in ("get", "put", "lock", "unlock"):
        method = getattr(store, name, None)
        if method is None and name in ("lock", "unlock"):
            continue
        if not callable(method):
            raise PolicyError("is not a function", path=f"/store/{name}")
        if inspect.iscoroutinefunction(method):
            message = "is a coroutine function; the store is called in a thread"
            raise PolicyError(message, path=f"/store/{name}")


class Asked:
    """A store as the thread of `background` asks it; a call of it may hang."""

    def __init__(self, store: KeyStore, background: Background) -> None:
        self._store: Any = store
        self._background = background
        self._stuck: Optional[threading.Thread] = None
        self.can_lock = getattr(store, "lock", None) is not None

    def ask(
        self,
        step: Mapping[str, Any],
        record: Optional[str],
        done: Callable[[dict[str, Any], Optional[bytes]], object],
    ) -> None:
        """Does a step; `done` gets the facts of docs/abi.md, and a value that was found."""
        # One call that never returns is enough: more threads would only hang as well.
        if self._stuck is not None and self._stuck.is_alive():
            done({"failed": "error"}, None)
            return
        late = False

        def work() -> Any:
            value = self._call(step, record)
            if late and step["do"] == "lock" and value is True:
                # A lock that comes after its time would keep others waiting for nothing.
                self._store.unlock(step["key"])
            return value

        def finish(value: Any) -> None:
            nonlocal late
            if value is LATE:
                late, self._stuck = True, thread
                done({"failed": "timeout"}, None)
            elif isinstance(value, BaseException):
                done({"failed": "error"}, None)
            else:
                done(*_facts(step["do"], value))

        thread = self._background.call(step["timeout"], work, finish)

    def _call(self, step: Mapping[str, Any], record: Optional[str]) -> Any:
        do, key = step["do"], step["key"]
        if do == "load":
            return self._store.get(key)
        if do == "lock":
            return self._store.lock(key, step["ttl"])
        if do == "unlock":
            return self._store.unlock(key)
        return self._store.put(key, record, step["ttl"])


def _facts(do: str, value: object) -> tuple[dict[str, Any], Optional[bytes]]:
    if do == "load":
        if not isinstance(value, str):
            return {"found": False}, None
        return {"found": True}, value.encode("utf-8", "surrogatepass")
    if do == "lock":
        return {"locked": value is True}, None
    return {"saved" if do == "save" else "unlocked": True}, None
