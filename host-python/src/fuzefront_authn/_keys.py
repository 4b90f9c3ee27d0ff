"""Fetching keys in threads, when and only when the module says so.

One request per URL is under way in a process; every thread that needs it waits for that one.
Threads here are daemons: none keeps a process from ending.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Callable, Optional

from ._core import Core
from ._engine import Broken, InvalidCall
from ._exchange import ClockError, Failed, Need, Outcome, fetch_exchange, read_clock
from ._http import NO_ANSWER, get, load_httpx, new_client

if TYPE_CHECKING:
    import httpx

__all__ = ["FETCH_SECONDS", "Fetcher"]

FETCH_SECONDS = 5.0
"""The time for one request, from the connection to the last byte of the body."""


class Fetcher:
    """The fetches of one verifier: at most one per issuer at a time."""

    def __init__(
        self, core: Core, clock: Callable[[], float], client: Optional[httpx.Client]
    ) -> None:
        if client is None:
            load_httpx()
        self._core = core
        self._clock = clock
        self._client = client
        self._lock = threading.Lock()
        self._chains: dict[int, _Chain] = {}

    def wait(self, need: Need, seconds: float) -> bool:
        """Joins or begins the fetch; False if none is allowed, or none ended within `seconds`."""
        with self._lock:
            if self._core.epoch(need.issuer) != need.epoch:
                return True
            chain = self._join_or_begin(need)
        return chain is not None and chain.done.wait(max(0.0, seconds))

    def begin(self, need: Need) -> None:
        """The same in the background."""
        self.wait(need, 0.0)

    def join(self, issuer: int, need: Optional[Need], seconds: float) -> None:
        """Waits for the fetch of `issuer` that is under way, or else for the one that is due."""
        with self._lock:
            chain = self._chains.get(issuer)
        if chain is not None and chain.alive():
            chain.done.wait(seconds)
        elif need is not None:
            self.wait(need, seconds)

    def close(self) -> None:
        """Ends the fetches that nobody else waits for, and lets go of whoever waits here."""
        with self._lock:
            for chain in self._chains.values():
                chain.close()
            self._chains.clear()

    def _join_or_begin(self, need: Need) -> Optional[_Chain]:
        chain = self._chains.get(need.issuer)
        if chain is not None and chain.alive():
            return chain
        try:
            joinable = _flights.under_way(need.url, self._client)
            if not joinable and not self._core.fetch_started(need.issuer, read_clock(self._clock)):
                return None
        except (Broken, ClockError, InvalidCall):
            return None
        chain = _Chain(self, need)
        if not chain.begin():
            return None
        self._chains[need.issuer] = chain
        return chain

    def _run(self, chain: _Chain, need: Need) -> None:
        exchange = fetch_exchange(self._core, self._clock, need)
        try:
            url = next(exchange)
            while not chain.closed:
                outcome = _flights.fetch(url, self._client, chain)
                url = exchange.send(outcome)
        except (StopIteration, Broken, ClockError, InvalidCall):
            return
        finally:
            with self._lock:
                if self._chains.get(need.issuer) is chain:
                    del self._chains[need.issuer]
            chain.done.set()


class _Chain:
    """One fetch of one verifier: a discovery document and its key set, or the key set alone."""

    def __init__(self, fetcher: Fetcher, need: Need) -> None:
        self.done = threading.Event()
        self.closed = False
        self.flight: Optional[_Flight] = None
        self._pid = os.getpid()
        self._thread = threading.Thread(
            target=fetcher._run, args=(self, need), name="fuzefront-authn-keys", daemon=True
        )

    def begin(self) -> bool:
        return _started(self._thread)

    def alive(self) -> bool:
        # A forked child inherits the record, but not the thread that would finish it.
        return self._pid == os.getpid() and not self.done.is_set()

    def close(self) -> None:
        self.closed = True
        _flights.leave(self)
        self.done.set()


class _Flight:
    """One request under way, shared by all who need its answer."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.stop = threading.Event()
        self.deadline = time.monotonic() + FETCH_SECONDS
        self.pid = os.getpid()
        self.waiting = 0
        self._lock = threading.Lock()
        self._outcome: Outcome = Failed(NO_ANSWER)
        self._own: Optional[httpx.Client] = None

    def begin(self, url: str, client: Optional[httpx.Client]) -> None:
        thread = threading.Thread(
            target=self._run, args=(url, client), name="fuzefront-authn-fetch", daemon=True
        )
        if not _started(thread):
            self.give_up("thread")

    def outcome(self) -> Outcome:
        """Waits for the answer, and gives up at the deadline."""
        if not self.done.wait(max(0.0, self.deadline - time.monotonic())):
            self.give_up(NO_ANSWER)
        return self._outcome

    def give_up(self, reason: str) -> None:
        self._finish(Failed(reason))
        own = self._own
        if own is not None:
            own.close()

    def _finish(self, outcome: Outcome) -> None:
        with self._lock:
            if not self.done.is_set():
                self._outcome = outcome
            self.stop.set()
            self.done.set()

    def _run(self, url: str, client: Optional[httpx.Client]) -> None:
        outcome: Outcome = Failed("network")
        try:
            if client is not None:
                outcome = get(url, client, self.deadline, self.stop)
                return
            with new_client() as self._own:
                outcome = get(url, self._own, self.deadline, self.stop)
        finally:
            self._finish(outcome)


class _Flights:
    """The requests under way in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # By client too: two clients may trust different authorities, and never share an answer.
        self._flights: dict[tuple[str, int], _Flight] = {}

    def under_way(self, url: str, client: Optional[httpx.Client]) -> bool:
        """Whether there is a request for `url` to join."""
        with self._lock:
            return self._live((url, id(client))) is not None

    def fetch(self, url: str, client: Optional[httpx.Client], chain: _Chain) -> Outcome:
        """Joins the request for `url`, or begins it; waits for its outcome."""
        key = (url, id(client))
        with self._lock:
            flight = self._live(key)
            if flight is None:
                flight = self._flights[key] = _Flight()
                flight.begin(url, client)
            flight.waiting += 1
            chain.flight = flight
        try:
            return flight.outcome()
        finally:
            with self._lock:
                flight.waiting -= 1
                chain.flight = None
                if self._flights.get(key) is flight:
                    del self._flights[key]

    def leave(self, chain: _Chain) -> None:
        """Ends the request `chain` waits for, unless others wait for it too."""
        with self._lock:
            flight = chain.flight
            if flight is not None and flight.waiting == 1:
                flight.give_up("closed")

    def _live(self, key: tuple[str, int]) -> Optional[_Flight]:
        flight = self._flights.get(key)
        if flight is None or flight.pid != os.getpid() or flight.done.is_set():
            return None
        return flight


def _started(thread: threading.Thread) -> bool:
    """False where no thread can be had: none are left, or the interpreter is ending."""
    try:
        thread.start()
    except RuntimeError:
        return False
    return True


_flights = _Flights()
