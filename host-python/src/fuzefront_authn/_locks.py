"""Locks for code that a signal handler, or a finalizer, of the same thread may come into.

It must not wait for what it interrupts: that goes on only when it is done.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

__all__ = ["Latch", "held_here"]


def held_here(lock: Any) -> bool:
    """Whether this thread has `lock`, a `threading.RLock`."""
    # As `threading.Condition` asks. A mark of our own could be left standing by an exception.
    return bool(lock._is_owned())


class Latch:
    """An event that happens once. A `threading.Event` has a lock that is not to be met twice."""

    def __init__(self) -> None:
        self._set = False
        self._closed = threading.Lock()
        self._closed.acquire()

    def is_set(self) -> bool:
        """Whether it has happened."""
        return self._set

    def set(self) -> None:
        """It has happened; whoever waits goes on."""
        self._set = True
        with suppress(RuntimeError):  # open already
            self._closed.release()

    def wait(self, seconds: float) -> bool:
        """Waits until it happens, no longer than that; whether it has."""
        if not self._set and self._closed.acquire(timeout=seconds):
            self.set()  # open for the next that waits
        return self._set
