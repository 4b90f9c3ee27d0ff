"""fuzefront-authn as installed, with `Verifier`; with the argument `asyncio`, with `AsyncVerifier`.

Nothing is faked: it takes a clock. Its random jitter is pinned, so that figures can be compared.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import threading
import time
from typing import Any, Union

from clock import virtual_seconds
from fuzefront_authn import AsyncVerifier, AuthError, Verifier, __version__
from serve import Server

POLL_SECONDS = 0.002


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
        # A fetch that is due and was begun in the background is not due any more when it ended.
        while self._verifier.status()[0].fetch is not None:
            time.sleep(POLL_SECONDS)


class OursInLoop(Ours):
    """The verifier for asyncio, all requests in one loop."""

    loop = asyncio.new_event_loop()

    def _make(self, **options: Any) -> Union[Verifier, AsyncVerifier]:
        return AsyncVerifier(**options)

    def verify(self, token: str) -> object:
        return asyncio.run_coroutine_threadsafe(super().verify(token), self.loop).result()  # type: ignore[arg-type]


def kind_of(error: Exception) -> str:
    """What an app answers with."""
    outage = isinstance(error, AuthError) and error.status == 503
    return "outage" if outage else "invalid token"


if __name__ == "__main__":
    logging.disable()
    threading.Thread(target=OursInLoop.loop.run_forever, daemon=True).start()
    Server(
        versions={"fuzefront-authn": __version__},
        kind_of=kind_of,
        opened=OursInLoop if sys.argv[1:] == ["asyncio"] else Ours,
    ).run()
