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
from typing import Any, Union

from clock import followers, virtual_seconds
from fuzefront_authn import AsyncVerifier, AuthError, Verifier, __version__
from fuzefront_authn._background import background
from serve import Server

POLL_SECONDS = 0.002


class VirtualTimers:
    """The timers of the thread that fetches, in virtual time."""

    def __init__(self) -> None:
        self._ahead = 0.0
        background.monotonic = lambda: time.monotonic() + self._ahead

    def follow(self, ahead: float) -> None:
        self._ahead = ahead
        background.post(lambda: None)  # it looks at its timers again


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

    loop = asyncio.new_event_loop()

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
    followers.append(VirtualTimers().follow)
    threading.Thread(target=OursInLoop.loop.run_forever, daemon=True).start()
    Server(
        versions={"fuzefront-authn": __version__},
        kind_of=kind_of,
        opened=OursInLoop if sys.argv[1:] == ["asyncio"] else Ours,
    ).run()
