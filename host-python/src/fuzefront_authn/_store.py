"""A place for fetched keys that replicas share.

It may be slow, down or full of nonsense: it is never waited for long, and while it fails it is left
alone, as if there were none.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Awaitable
from typing import Any, Callable, Literal, Optional, Protocol

from ._errors import PolicyError
from ._sharing import FAILED, Ask, Sharing

__all__ = ["AsyncGuardedStore", "AsyncKeyStore", "GuardedStore", "KeyStore", "vetted_store"]

CALL_SECONDS = 0.25
"""How long one call may take."""
PAUSE_SECONDS = 5.0
"""How long nothing is asked after a failure."""

Reason = Literal["timeout", "error"]
OnFailure = Callable[[Reason], None]


class KeyStore(Protocol):
    """What `store` of a `Verifier` must be. Whoever can write to it decides whom you trust.

    It may also have `lock(key, ttl)`, which returns True if the lock was free and is now the
    caller's for `ttl` seconds, and `unlock(key)`. Without them replicas share, but do not wait for
    one another.
    """

    def get(self, key: str) -> Optional[str]:
        """The value, None without one."""

    def put(self, key: str, value: str, ttl: int) -> object:
        """Keeps a value for `ttl` seconds."""


class AsyncKeyStore(Protocol):
    """The same for an `AsyncVerifier`; `lock` and `unlock` are coroutine functions as well."""

    def get(self, key: str) -> Awaitable[Optional[str]]:
        """The value, None without one."""

    def put(self, key: str, value: str, ttl: int) -> Awaitable[object]:
        """Keeps a value for `ttl` seconds."""


def vetted_store(store: object, *, asynchronous: bool) -> bool:
    """Whether it can lock. Raises PolicyError for what is no store of this kind."""
    for name in ("get", "put", "lock", "unlock"):
        method = getattr(store, name, None)
        if method is None and name in ("lock", "unlock"):
            continue
        if not callable(method):
            raise PolicyError("is not a function", path=f"/store/{name}")
        if inspect.iscoroutinefunction(method) is not asynchronous:
            kind = "a coroutine function" if asynchronous else "a plain function"
            raise PolicyError(f"is not {kind}", path=f"/store/{name}")
    return getattr(store, "lock", None) is not None


class _Patience:
    """Whether the store may be asked now."""

    def __init__(self, on_failure: OnFailure, monotonic: Callable[[], float]) -> None:
        self._on_failure = on_failure
        self._monotonic = monotonic
        self._asleep_until = float("-inf")

    def gone(self) -> bool:
        return self._monotonic() < self._asleep_until

    def fail(self, reason: Reason) -> object:
        self._asleep_until = self._monotonic() + PAUSE_SECONDS
        self._on_failure(reason)
        return FAILED


class GuardedStore:
    """A store that is asked in threads of its own, so that none of ours hangs with it."""

    def __init__(
        self,
        store: KeyStore,
        sharing: Sharing,
        on_failure: OnFailure,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sharing = sharing
        self._store = store
        self._patience = _Patience(on_failure, monotonic)
        self._stuck: Optional[_Call] = None

    def call(self, ask: Ask) -> object:
        """The answer, or FAILED."""
        stuck = self._stuck
        # One call that never returns is enough: more threads would only hang as well.
        if self._patience.gone() or (stuck is not None and stuck.thread.is_alive()):
            return FAILED
        call = _Call(self._store, ask)
        try:
            call.thread.start()
        except RuntimeError:
            return self._patience.fail("error")
        if not call.done.wait(CALL_SECONDS) and call.abandon():
            self._stuck = call
            return self._patience.fail("timeout")
        return self._patience.fail("error") if call.failed else call.value


class _Call:
    def __init__(self, store: Any, ask: Ask) -> None:
        self.done = threading.Event()
        self.value: object = None
        self.failed = False
        self._abandoned = False
        self._lock = threading.Lock()
        self._store = store
        self._ask = ask
        self.thread = threading.Thread(target=self._run, name="fuzefront-authn-store", daemon=True)

    def abandon(self) -> bool:
        """False if it is done after all."""
        with self._lock:
            self._abandoned = not self.done.is_set()
            return self._abandoned

    def _run(self) -> None:
        method, arguments = self._ask.method, self._ask.arguments
        try:
            self.value = getattr(self._store, method)(*arguments)
        except Exception:
            self.failed = True
        with self._lock:
            self.done.set()
            late = self._abandoned and method == "lock" and self.value is True
        if late:
            # A lock that comes after its time would keep others waiting for nothing.
            _Call(self._store, Ask("unlock", arguments[:1]))._run()


class AsyncGuardedStore:
    """A store that is awaited, for no longer than may be."""

    def __init__(
        self,
        store: AsyncKeyStore,
        sharing: Sharing,
        on_failure: OnFailure,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sharing = sharing
        self._store = store
        self._patience = _Patience(on_failure, monotonic)

    async def call(self, ask: Ask) -> object:
        """The answer, or FAILED."""
        if self._patience.gone():
            return FAILED
        task = asyncio.ensure_future(self._ask(ask))
        try:
            # Not `wait_for`, which waits for a store that does not let itself be cancelled.
            done, _ = await asyncio.wait({task}, timeout=CALL_SECONDS)
        finally:
            if not task.done():
                task.cancel()
        if not done:
            return self._patience.fail("timeout")
        if task.cancelled() or task.exception() is not None:
            return self._patience.fail("error")
        return task.result()

    async def _ask(self, ask: Ask) -> object:
        return await getattr(self._store, ask.method)(*ask.arguments)
