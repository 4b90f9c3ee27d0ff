"""fuzefront-authn as installed, with `Verifier`; with the argument `asyncio`, with `AsyncVerifier`.

It takes a clock; what wakes it follows that clock, as timers do for the others. Its random jitter
is pinned, so that figures can be compared.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import threading
import time
import weakref
from typing import Any, Union

from clock import followers, virtual_seconds
from fuzefront_authn import AsyncVerifier, AuthError, Verifier, __version__, _keeper
from serve import Server

POLL_SECONDS = 0.002


class VirtualAlarm:
    """Wakes as the library's own does, in virtual time."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._entries: list[tuple[float, weakref.ref[_keeper.Keeper], int]] = []
        self._lock = threading.Lock()

    def set(self, seconds: float, keeper: _keeper.Keeper, ticket: int) -> None:
        with self._lock:
            self._entries.append((self._ahead + seconds, weakref.ref(keeper), ticket))

    def drop(self, keeper: _keeper.Keeper) -> None:
        with self._lock:
            self._entries = [entry for entry in self._entries if entry[1]() is not keeper]

    def follow(self, ahead: float) -> None:
        with self._lock:
            self._ahead = ahead
            due = [entry for entry in self._entries if entry[0] <= ahead]
            self._entries = [entry for entry in self._entries if entry[0] > ahead]
        for _, sleeping, ticket in due:
            keeper = sleeping()
            if keeper is not None:
                keeper.wake(ticket)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers follow the virtual clock."""

    _ahead = 0.0

    def time(self) -> float:
        return super().time() + self._ahead

    def follow(self, ahead: float) -> None:
        self._ahead = ahead
        self.call_soon_threadsafe(lambda: None)


class Ours:
    """The verifier for threads."""

    def __init__(self, *, url: str, jitter: float, **options: Any) -> None:
        random.random = lambda: float(jitter)
        self._verifier = self._make(clock=virtual_seconds, jwks_uri=url, **options)

    def _make(self, **options: Any) -> Union[Verifier, AsyncVerifier]:
        return Verifier(**options)

    def verify(self, token: str) -> object:
        return self._verifier.verify(token)

    def settle(self) -> None:
        # What was due is not due any more when the fetch in the background has ended.
        while self._verifier.status()[0].due == 0:
            time.sleep(POLL_SECONDS)

    def close(self) -> object:
        return self._verifier.close()


class OursInLoop(Ours):
    """The verifier for asyncio, all requests in one loop."""

    loop = VirtualLoop()

    def _make(self, **options: Any) -> Union[Verifier, AsyncVerifier]:
        return AsyncVerifier(**options)

    def verify(self, token: str) -> object:
        return self._run(super().verify(token))

    def close(self) -> object:
        return self._run(super().close())

    def _run(self, coroutine: Any) -> object:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()


def kind_of(error: Exception) -> str:
    """What an app answers with."""
    outage = isinstance(error, AuthError) and error.status == 503
    return "outage" if outage else "invalid token"


if __name__ == "__main__":
    logging.disable()
    alarm = _keeper.alarm = VirtualAlarm()  # type: ignore[assignment]
    followers.extend([alarm.follow, OursInLoop.loop.follow])
    threading.Thread(target=OursInLoop.loop.run_forever, daemon=True).start()
    Server(
        versions={"fuzefront-authn": __version__},
        kind_of=kind_of,
        opened=OursInLoop if sys.argv[1:] == ["asyncio"] else Ours,
    ).run()
