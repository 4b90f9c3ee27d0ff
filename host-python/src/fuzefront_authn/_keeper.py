"""Fetches keys when they are due although no token asks (docs/abi.md, "The host's part", 6).

So no token waits for old keys, and an outage is known before the first one. Each verifier has one.
"""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from typing import Callable, Optional
from weakref import ref

from ._alarm import alarm
from ._forking import renewed_in_children

__all__ = ["REFUSED", "AsyncKeeper", "Keeper"]

SOONEST = 1.0
"""Seconds: clocks differ a little."""

REFUSED = 60.0
"""Seconds: a fetch that cannot begin, and a clock that fails, are looked at again after this."""

Due = Callable[[], Optional[float]]
Fetch = Callable[[], None]


class Keeper:
    """For threads. `due` gives the seconds until `fetch` is to be called; neither may raise."""

    def __init__(self, due: Due, fetch: Fetch) -> None:
        self._due = due
        self._fetch = fetch
        self._tickets = itertools.count(1)
        self._ticket = 0
        self._stopped = False
        self._lost = False
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child nobody wakes it any more."""
        self._lost = True

    def visit(self) -> None:
        """To be called with each check: in a forked child it watches again."""
        if self._lost:
            self._lost = False
            self.watch()

    def watch(self) -> None:
        """To be called whenever keys came, or a fetch ended without them."""
        seconds = self._due()
        if seconds is not None:
            self._wake_in(max(seconds, SOONEST))

    def stop(self) -> None:
        """Nothing is fetched any more."""
        self._stopped = True
        alarm.drop(self)

    def wake(self, ticket: int) -> None:
        """Called when the time is over. Only the last call of `watch` counts."""
        # Of two threads at once, the later ticket may have been noted first.
        if self._stopped or ticket < self._ticket:
            return
        if self._due() != 0.0:
            self.watch()
            return
        # The end of the fetch calls `watch`; this is for a fetch that cannot begin.
        self._wake_in(REFUSED)
        self._fetch()

    def _wake_in(self, seconds: float) -> None:
        self._ticket = ticket = next(self._tickets)
        alarm.set(seconds, self, ticket)
        if self._stopped:
            alarm.drop(self)


class AsyncKeeper(Keeper):
    """For event loops: in the one that last fetched or, when that runs no more, checked."""

    def __init__(self, due: Due, fetch: Fetch) -> None:
        self._loop: Optional[ref[asyncio.AbstractEventLoop]] = None
        super().__init__(due, fetch)

    def renew(self) -> None:
        """In a forked child the loop of the parent does not run."""
        self._loop = None

    def visit(self) -> None:
        """To be called in an event loop with each check."""
        loop = None if self._loop is None else self._loop()
        if loop is None or not loop.is_running():
            self.watch()

    def watch(self) -> None:
        """As in threads; outside of event loops nothing is watched."""
        try:
            self._loop = ref(asyncio.get_running_loop())
        except RuntimeError:
            return
        super().watch()

    def _wake_in(self, seconds: float) -> None:
        self._ticket = ticket = next(self._tickets)
        # A context of its own: that of a request would live on with the timer.
        asyncio.get_running_loop().call_later(
            seconds, _wake, ref(self), ticket, context=contextvars.Context()
        )


def _wake(keeper: ref[AsyncKeeper], ticket: int) -> None:
    awake = keeper()
    if awake is not None:
        awake.wake(ticket)
