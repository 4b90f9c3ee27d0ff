"""fuzefront-authn as installed, with `Verifier`; with the argument `asyncio`, with `AsyncVerifier`.

The same lines as host.mjs. Nothing is faked: each verifier has a clock of its own, which stands
still unless it is moved.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Any, Optional, Union

from fuzefront_authn import (
    AsyncVerifier,
    AuthError,
    AuthEvent,
    CheckResult,
    KeyFetchEvent,
    Verifier,
)

sys.path.insert(0, str(Path(__file__).parents[2] / "compare" / "scenarios" / "drivers"))

from clock import real_milliseconds
from serve import Server, Words

# Tokens are made now: a clock that jumps back a day must not go behind that.
DAY = 24 * 3600
LONGEST = 2 * DAY
POLL_SECONDS = 0.005


class Host:
    """The verifier for threads."""

    def __init__(self, *, url: Optional[str] = None, **options: Any) -> None:
        self._now = float(int(time.time())) + 2 * DAY
        self._fetches: list[KeyFetchEvent] = []
        self._verifier = self._make(
            jwks_uri=url, clock=lambda: self._now, on_event=self._told, **options
        )

    def advance(self, seconds: float) -> None:
        self._now += seconds

    def until(self, state: str) -> Words:
        """Moves the clock to when the keys are in a state, or a fetch is `due`."""
        seconds = 0
        while not self._is(state) and seconds < LONGEST:
            self.advance(1)
            seconds += 1
        return {"seconds": seconds}

    def settle(self) -> None:
        """Until the fetch that a check began has ended, and has been told of."""
        while self._is("due"):
            time.sleep(POLL_SECONDS)
        # Nothing is due, so `ready` begins nothing: it waits for what is under way.
        with contextlib.suppress(AuthError):
            self._done(self._verifier.ready())

    def facts(self) -> Words:
        fetches = [{"reason": one.reason, "duration": one.duration} for one in self._fetches]
        # Looking at the health would begin a fetch that is due.
        if self._is("due"):
            return {"fetches": fetches}
        health = self._verifier.health()
        (keys,) = health.issuers
        told = {} if keys.error is None else {"error": keys.error}
        return {**told, "fetches": fetches, "health": health.status, "state": keys.state}

    def verify(self, token: str) -> Words:
        started = real_milliseconds()
        result: CheckResult = self._done(self._verifier.check(token))
        waited = {"ms": real_milliseconds() - started}
        if result.ok:
            return {"gets": "accepted", **waited}
        error = result.error
        reason = error.details.get("reason")
        gets = f"{error.status} {error.code}" + (f" ({reason})" if reason else "")
        told = {} if error.retry_after is None else {"retryAfter": error.retry_after}
        return {"gets": gets, **told, **waited}

    def _make(self, **options: Any) -> Union[Verifier, AsyncVerifier]:
        return Verifier(**options)

    def _done(self, answer: Any) -> Any:
        return answer

    def _is(self, state: str) -> bool:
        keys = self._verifier.status()[0]
        return keys.fetch if state == "due" else keys.state == state

    def _told(self, event: AuthEvent) -> None:
        if isinstance(event, KeyFetchEvent):
            self._fetches.append(event)


class HostInLoop(Host):
    """The verifier for asyncio, all requests in one loop."""

    loop = asyncio.new_event_loop()

    def _make(self, **options: Any) -> Union[Verifier, AsyncVerifier]:
        return AsyncVerifier(**options)

    def _done(self, answer: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(answer, self.loop).result()


class Hosts(Server):
    """Answers the lines of standard input."""

    def __init__(self, kind: type[Host]) -> None:
        super().__init__(versions={}, kind_of=str, opened=kind)

    def _host(self, verifier: str) -> Any:
        return self._verifiers[verifier]

    def _on_verify(self, verifier: str, token: str) -> Words:
        return dict(self._host(verifier).verify(token))

    def _on_facts(self, verifier: str) -> Words:
        return dict(self._host(verifier).facts())

    def _on_until(self, verifier: str, state: str) -> Words:
        return dict(self._host(verifier).until(state))

    def _on_advance(self, seconds: float, verifier: str = "") -> None:
        self._host(verifier).advance(seconds)


if __name__ == "__main__":
    logging.disable()
    threading.Thread(target=HostInLoop.loop.run_forever, daemon=True).start()
    Hosts(HostInLoop if sys.argv[1:] == ["asyncio"] else Host).run()
