"""The requests of threads for key documents: one per URL and process, shared by all who wait."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Optional

from ._exchange import Failed, Outcome
from ._forking import renewed_in_children
from ._http import NO_ANSWER, failure, get, new_client
from ._locks import Latch

if TYPE_CHECKING:
    import httpx

__all__ = ["FETCH_SECONDS", "Passenger", "flights", "started"]

FETCH_SECONDS = 5.0
"""The time for one request, from the connection to the last byte of the body."""


_LEFT = Failed("closed")


class Passenger:
    """Whoever waits for requests, one at a time, until it leaves."""

    def __init__(self) -> None:
        self.flight: Optional[Flight] = None
        self.told = Latch()
        self.gone = False


class Flight:
    """One request under way, shared by all who need its answer."""

    def __init__(self) -> None:
        self.done = Latch()
        self.stop = Latch()
        self.deadline = time.monotonic() + FETCH_SECONDS
        self.pid = os.getpid()
        self._passengers: set[Passenger] = set()
        self._lock = threading.RLock()
        self._outcome: Outcome = NO_ANSWER
        self._own: Optional[httpx.Client] = None

    def begin(self, url: str, client: Optional[httpx.Client]) -> None:
        thread = threading.Thread(
            target=self._run, args=(url, client), name="fuzefront-authn-fetch", daemon=True
        )
        if not started(thread):
            self.give_up(Failed("thread"))

    @property
    def waiting(self) -> int:
        return len(self._passengers)

    def board(self, passenger: Passenger) -> None:
        with self._lock:
            passenger.flight = self
            passenger.told = Latch()
            self._passengers.add(passenger)
            if self.done.is_set():
                passenger.told.set()

    def outcome(self, passenger: Passenger) -> Outcome:
        """Waits for the answer, and gives up at the deadline."""
        if not passenger.told.wait(max(0.0, self.deadline - time.monotonic())):
            self.give_up(NO_ANSWER)
        with self._lock:
            passenger.flight = None
            self._passengers.discard(passenger)
            return self._outcome if self.done.is_set() else _LEFT

    def leave(self, passenger: Passenger) -> None:
        """Ends it, unless others wait for it too."""
        with self._lock:
            self._passengers.discard(passenger)
            passenger.told.set()
        if not self._passengers:
            self.give_up(_LEFT)

    def give_up(self, outcome: Failed) -> None:
        self._finish(outcome)
        own = self._own
        if own is not None:
            own.close()

    def _finish(self, outcome: Outcome) -> None:
        with self._lock:
            if not self.done.is_set():
                self._outcome = outcome
            self.stop.set()
            self.done.set()
            for passenger in [*self._passengers]:
                passenger.told.set()

    def _run(self, url: str, client: Optional[httpx.Client]) -> None:
        outcome: Outcome = Failed("network")
        try:
            if client is not None:
                outcome = get(url, client, self.deadline, self.stop)
                return
            with new_client() as self._own:
                outcome = get(url, self._own, self.deadline, self.stop)
        except Exception as error:
            # What the environment names as a proxy or a certificate store may be anything.
            outcome = failure(error)
        finally:
            self._finish(outcome)


class Flights:
    """The requests under way in this process."""

    def __init__(self) -> None:
        self.renew()
        renewed_in_children(self)

    def renew(self) -> None:
        """As if nothing were under way: the threads of a parent are not here."""
        self._lock = threading.RLock()
        # By client too: two clients may trust different authorities, and never share an answer.
        self._flights: dict[tuple[str, int], Flight] = {}

    def under_way(self, url: str, client: Optional[httpx.Client]) -> bool:
        """Whether there is a request for `url` to join."""
        with self._lock:
            return self._live((url, id(client))) is not None

    def fetch(self, url: str, client: Optional[httpx.Client], passenger: Passenger) -> Outcome:
        """Joins the request for `url`, or begins it; waits for its outcome."""
        key = (url, id(client))
        with self._lock:
            if passenger.gone:
                return _LEFT
            flight = self._live(key)
            if flight is None:
                flight = self._flights[key] = Flight()
                flight.begin(url, client)
            flight.board(passenger)
        try:
            return flight.outcome(passenger)
        finally:
            with self._lock:
                if flight.done.is_set() and self._flights.get(key) is flight:
                    del self._flights[key]

    def leave(self, passenger: Passenger) -> None:
        """Ends the waiting of `passenger`, and the request unless others wait for it too."""
        with self._lock:
            passenger.gone = True
            if passenger.flight is not None:
                passenger.flight.leave(passenger)

    def _live(self, key: tuple[str, int]) -> Optional[Flight]:
        flight = self._flights.get(key)
        if flight is None or flight.pid != os.getpid() or flight.done.is_set():
            return None
        return flight


def started(thread: threading.Thread) -> bool:
    """False where no thread can be had: none are left, or the interpreter is ending."""
    try:
        thread.start()
    except RuntimeError:
        return False
    return True


flights = Flights()
