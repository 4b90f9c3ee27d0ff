"""One thread that wakes others later, for the whole process; it ends when nobody is to be woken."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Optional, Protocol
from weakref import ref

from ._flights import started
from ._forking import renewed_in_children

__all__ = ["Alarm", "Sleeper", "alarm"]

logger = logging.getLogger("fuzefront_authn")


class Sleeper(Protocol):
    """Whoever is to be woken. It is not kept alive for that."""

    def wake(self, ticket: int) -> None:
        """Called in the alarm's thread, with what was handed in; must not raise, nor wait."""


@dataclass(frozen=True)
class _Entry:
    at: float
    sleeper: ref[Sleeper]
    ticket: int


class Alarm:
    """Wakes sleepers. It is a daemon: no process lives on for it."""

    def __init__(self) -> None:
        self.renew()
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child the thread is not there; whoever is to be woken asks again."""
        # Its lock may be taken again by the thread that has it: in a finalizer or signal handler.
        self._changed = threading.Condition()
        self._entries: dict[ref[Sleeper], _Entry] = {}
        self._thread: Optional[threading.Thread] = None

    def set(self, seconds: float, sleeper: Sleeper, ticket: int) -> None:
        """Has `sleeper` woken after so many seconds, and no more for an earlier ticket.

        Nothing happens where no thread can be had.
        """
        entry = _Entry(time.monotonic() + seconds, ref(sleeper, self._collected), ticket)
        with self._changed:
            before = self._entries.get(entry.sleeper)
            # Whoever took the earlier ticket may come here later.
            if before is None or before.ticket <= ticket:
                self._entries.pop(entry.sleeper, None)
                self._entries[entry.sleeper] = entry
            self._notify()
            if self._thread is None or not self._thread.is_alive():
                self._begin()

    def drop(self, sleeper: Sleeper) -> None:
        """Has `sleeper` not woken any more."""
        with self._changed:
            if self._entries.pop(ref(sleeper), None) is not None:
                self._notify()

    def _begin(self) -> None:
        name = "fuzefront-authn-alarm"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        if not started(self._thread):
            self._thread = None

    def _collected(self, sleeper: ref[Sleeper]) -> None:
        self._entries.pop(sleeper, None)
        # Called anywhere, under any lock: not to wait. The thread looks again when it next wakes.
        if self._changed.acquire(blocking=False):
            self._notify()
            self._changed.release()

    def _notify(self) -> None:
        # Raised before 3.11 where a finalizer or signal handler has just done the same.
        with suppress(RuntimeError):
            self._changed.notify_all()

    def _run(self) -> None:
        while (entry := self._next()) is not None:
            _wake(entry)
            del entry

    def _next(self) -> Optional[_Entry]:
        with self._changed:
            # A copy, made in one step: a sleeper may be collected at any time.
            while entries := [*self._entries.values()]:
                entry = min(entries, key=lambda one: one.at)
                left = entry.at - time.monotonic()
                if left <= 0:
                    self._entries.pop(entry.sleeper, None)
                    return entry
                self._changed.wait(min(left, threading.TIMEOUT_MAX))
            self._thread = None
            return None


def _wake(entry: _Entry) -> None:
    sleeper = entry.sleeper()
    if sleeper is None:
        return
    try:
        sleeper.wake(entry.ticket)
    except BaseException as error:
        # The others are still to be woken. Only the class: what is in it may be anything.
        with suppress(BaseException):
            logger.error("what was to be done later failed: %s", type(error).__name__)


alarm = Alarm()
