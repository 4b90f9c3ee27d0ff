"""One thread that wakes others later, for the whole process; it ends when nobody is to be woken."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import Optional, Protocol
from weakref import ref

from ._flights import started
from ._forking import renewed_in_children

__all__ = ["Alarm", "Sleeper", "alarm"]


class Sleeper(Protocol):
    """Whoever is to be woken. It is not kept alive for that."""

    def wake(self, ticket: int) -> None:
        """Called in the alarm's thread, with what was handed in; must not raise, nor wait."""


class Alarm:
    """Wakes sleepers. It is a daemon: no process lives on for it."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self.renew()
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child the thread is not there; whoever is to be woken asks again."""
        self._changed = threading.Condition()
        self._entries: list[tuple[float, int, ref[Sleeper], int]] = []
        self._running = False

    def set(self, seconds: float, sleeper: Sleeper, ticket: int) -> None:
        """Has `sleeper` woken after so many seconds. Nothing happens where no thread can be had."""
        with self._changed:
            at = time.monotonic() + seconds
            heapq.heappush(self._entries, (at, next(self._order), ref(sleeper), ticket))
            if self._running:
                self._changed.notify()
                return
            name = "fuzefront-authn-alarm"
            self._running = started(threading.Thread(target=self._run, name=name, daemon=True))

    def _run(self) -> None:
        while (entry := self._next()) is not None:
            sleeper = entry[0]()
            if sleeper is not None:
                sleeper.wake(entry[1])
            del sleeper

    def _next(self) -> Optional[tuple[ref[Sleeper], int]]:
        with self._changed:
            while self._entries:
                at, _, sleeper, ticket = self._entries[0]
                left = at - time.monotonic()
                if left <= 0 or sleeper() is None:
                    heapq.heappop(self._entries)
                    return sleeper, ticket
                self._changed.wait(left)
            self._running = False
            return None


alarm = Alarm()
