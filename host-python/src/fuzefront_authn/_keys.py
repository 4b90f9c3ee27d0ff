"""Fetching keys in threads, when and only when the module says so.

Threads here are daemons: none keeps a process from ending.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Callable, Optional

from ._core import Core
from ._engine import Broken, InvalidCall
from ._exchange import ClockError, Need, fetch_exchange, fetch_over, read_clock
from ._flights import Passenger, flights, started
from ._forking import renewed_in_children
from ._http import load_httpx
from ._locks import Latch, held_here
from ._observer import Observer
from ._sharing import ENDED, FAILED, Abandoned, Pause, Settled, Step
from ._store import CALL_SECONDS, GuardedStore

if TYPE_CHECKING:
    import httpx

__all__ = ["Fetcher"]

TAIL_SECONDS = 2 * CALL_SECONDS
"""Putting a set into the store and giving back the lock take no longer."""


class Fetcher:
    """The fetches of one verifier: at most one per issuer at a time."""

    def __init__(
        self,
        core: Core,
        clock: Callable[[], float],
        client: Optional[httpx.Client],
        observer: Optional[Observer] = None,
        store: Optional[GuardedStore] = None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        if client is None:
            load_httpx()
        self._core = core
        self._clock = clock
        self._client = client
        self._observer = Observer(core, clock) if observer is None else observer
        self._store = store
        self._ended = ended
        self._closed = False
        self.renew()
        renewed_in_children(self)

    def renew(self) -> None:
        """As if nothing were under way: the threads of a parent are not here."""
        self._tails: set[threading.Thread] = set()
        self._lock = threading.RLock()
        self._chains: dict[int, _Chain] = {}

    def wait(self, need: Need, seconds: float) -> bool:
        """Joins or begins the fetch; False if none is allowed, or none ended within `seconds`."""
        if held_here(self._lock):
            # A signal handler came in here: what it interrupts would have to go on first.
            return False
        with self._lock:
            if self._core.epoch(need.issuer) != need.epoch:
                return True
            chain = self._join_or_begin(need)
        return chain is not None and chain.done.wait(max(0.0, seconds))

    def begin(self, need: Need) -> None:
        """The same in the background."""
        self.wait(need, 0.0)

    def settle(self, needs: Sequence[Need], seconds: float) -> None:
        """Joins or begins these fetches, all at once, and waits for whatever is under way."""
        for need in needs:
            self.begin(need)
        with self._lock:
            chains = [*self._chains.values()]
        deadline = time.monotonic() + seconds
        for chain in chains:
            if chain.alive():
                chain.done.wait(max(0.0, deadline - time.monotonic()))

    def close(self) -> None:
        """Ends the fetches that nobody else waits for, and lets go of whoever waits here.

        Keys that are just being put into the store get there, and its locks are given back; that
        takes a moment at most.
        """
        if self._closed and held_here(self._lock):
            return  # in a signal handler that came in here
        self._closed = True
        with self._lock:
            threads = [*self._tails]
            for chain in [*self._chains.values()]:
                chain.close()
                if chain.shares:
                    threads.append(chain.thread)
            self._chains.clear()
        deadline = time.monotonic() + TAIL_SECONDS
        for thread in threads:
            # A listener may close the verifier, in one of these threads.
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))

    def _join_or_begin(self, need: Need) -> Optional[_Chain]:
        chain = self._chains.get(need.issuer)
        if chain is not None and chain.alive():
            return chain
        try:
            joinable = flights.under_way(need.url, self._client)
            # Told of one that is joined too: the module finds out by the time whether it hangs.
            ticket = self._core.fetch_started(need.issuer, read_clock(self._clock))
            if ticket is None and not joinable:
                return None
        except (Broken, ClockError, InvalidCall):
            return None
        # A request that is under way already is another's to share.
        chain = _Chain(self, need, ticket, shares=self._store is not None and not joinable)
        if not chain.begin():
            self._over(need, ticket)
            return None
        self._chains[need.issuer] = chain
        if self._closed:
            chain.close()
        return chain

    def _run(self, chain: _Chain, need: Need) -> None:
        fetch = fetch_exchange(self._core, self._clock, need, self._observer)
        exchange: Generator[Step, Any, object] = fetch
        if self._store is not None and chain.shares:
            exchange = self._store.sharing.exchange(need, fetch)
        try:
            step = next(exchange)
            while True:
                if chain.closed and not chain.settled and not isinstance(step, Settled):
                    step = exchange.throw(Abandoned())
                else:
                    step = exchange.send(self._take(step, chain, need))
        except (StopIteration, *ENDED):
            return
        finally:
            # Once settled it is over, and the next may be under way already.
            if not chain.settled:
                self._over(need, chain.ticket)
            self._release(chain, need)
            with self._lock:
                self._tails.discard(threading.current_thread())
            self._ended()

    def _take(self, step: Step, chain: _Chain, need: Need) -> object:
        if isinstance(step, str):
            return flights.fetch(step, self._client, chain)
        if isinstance(step, Pause):
            return chain.done.wait(step.seconds)
        if isinstance(step, Settled):
            chain.settled = True
            with self._lock:
                self._tails.add(threading.current_thread())
            self._over(need, chain.ticket)
            self._release(chain, need)
            return None
        return FAILED if self._store is None else self._store.call(step)

    def _over(self, need: Need, ticket: Optional[object]) -> None:
        fetch_over(self._core, self._clock, need.issuer, ticket)

    def _release(self, chain: _Chain, need: Need) -> None:
        with self._lock:
            if self._chains.get(need.issuer) is chain:
                del self._chains[need.issuer]
        chain.done.set()


class _Chain(Passenger):
    """One fetch of one verifier: a discovery document and its key set, or the key set alone."""

    def __init__(
        self, fetcher: Fetcher, need: Need, ticket: Optional[object], *, shares: bool
    ) -> None:
        super().__init__()
        self.ticket = ticket
        self.done = Latch()
        self.closed = False
        self.shares = shares
        self.settled = False
        self._pid = os.getpid()
        self.thread = threading.Thread(
            target=fetcher._run, args=(self, need), name="fuzefront-authn-keys", daemon=True
        )

    def begin(self) -> bool:
        return started(self.thread)

    def alive(self) -> bool:
        # A forked child inherits the record, but not the thread that would finish it.
        return self._pid == os.getpid() and not self.done.is_set()

    def close(self) -> None:
        self.closed = True
        flights.leave(self)
        self.done.set()
