"""The one thread of a process that brings keys: work in turn, timers, and calls that may hang.

A daemon: it keeps no process alive. In a forked child it begins anew, with nothing to do.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Callable, Optional

from ._forking import renewed_in_children

__all__ = ["LATE", "Background", "Timer", "background"]

logger = logging.getLogger("fuzefront_authn")

Work = Callable[[], object]

LATE = TimeoutError("no answer in time")
"""What `call` gives for a function that has not returned in time."""


class Timer:
    """Something to be done later, unless it is cancelled."""

    def __init__(self, work: Work) -> None:
        self.work: Optional[Work] = work

    def cancel(self) -> None:
        """It is not done any more."""
        self.work = None


class Background:
    """`post` may be called anywhere; the other methods only in the thread itself."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self.renew()
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child: the thread is not there."""
        # Its `put` may interrupt itself, in a signal handler or a finalizer.
        self._inbox: SimpleQueue[Work] = SimpleQueue()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._thread: Optional[threading.Thread] = None
        self._starting = threading.Lock()

    def post(self, work: Work) -> bool:
        """Has `work` done in the thread; False where no thread can be had."""
        self._inbox.put(work)
        return self._runs() or self._start()

    def here(self) -> bool:
        """Whether this is the thread."""
        return threading.current_thread() is self._thread

    def later(self, seconds: float, work: Work) -> Timer:
        """Has `work` done after so many seconds."""
        timer = Timer(work)
        heapq.heappush(self._timers, (self.monotonic() + seconds, next(self._order), timer))
        return timer

    def call(
        self, seconds: float, function: Callable[[], Any], done: Callable[[Any], object]
    ) -> Optional[threading.Thread]:
        """Calls a function that may hang, in a thread of its own.

        `done` gets, in this thread, what it returned, the exception that it raised, or LATE after
        `seconds`. Returns the thread, None where none can be had.
        """

        def run() -> None:
            try:
                result: Any = function()
            except BaseException as error:
                result = error
            self.post(lambda: finish(result))

        def finish(result: Any) -> None:
            if timer.work is not None:
                timer.cancel()
                done(result)

        timer = self.later(seconds, lambda: done(LATE))
        thread = threading.Thread(target=run, name="fuzefront-authn-call", daemon=True)
        if _started(thread):
            return thread
        error = RuntimeError("no thread can be started")
        self.later(0.0, lambda: finish(error))
        return None

    def _runs(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _start(self) -> bool:
        # Held by another thread, or by what this one was interrupted in: that starts it.
        if not self._starting.acquire(blocking=False):
            return True
        try:
            if not self._runs():
                self._thread = threading.Thread(
                    target=self._run, name="fuzefront-authn", daemon=True
                )
                if not _started(self._thread):
                    self._thread = None
            return self._thread is not None
        finally:
            self._starting.release()

    def _run(self) -> None:
        inbox = self._inbox
        while self._inbox is inbox:  # else this work has forked: the child has another thread
            work = self._next()
            try:
                work()
            except BaseException as error:
                # Other work is still to be done. Only the class: the text may hold anything.
                with suppress(BaseException):
                    logger.error("work in the background failed: %s", type(error).__name__)
            del work

    def _next(self) -> Work:
        while True:
            left: Optional[float] = None
            if self._timers:
                left = self._timers[0][0] - self.monotonic()
                if left <= 0:
                    timer = heapq.heappop(self._timers)[2]
                    work, timer.work = timer.work, None
                    if work is not None:
                        return work
                    continue
            with suppress(Empty):
                return self._inbox.get(timeout=left)


def _started(thread: threading.Thread) -> bool:
    """False where no thread can be had: none are left, or the interpreter is ending."""
    try:
        thread.start()
    except RuntimeError:
        return False
    return True


background = Background()
"""That of this process."""
