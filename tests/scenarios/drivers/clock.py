"""The virtual clock of a driver.

`fake` puts it under a library that takes no clock: `time.time` and `time.monotonic` then follow
`advance`. Socket timeouts keep the real time.
"""

from __future__ import annotations

import time

_time = time.time
_monotonic = time.monotonic
_started = time.time()
_ahead = 0.0


def real_milliseconds() -> float:
    """Milliseconds that really passed, whatever is faked."""
    return _monotonic() * 1000


def virtual_seconds() -> float:
    """Where the clock stands, in seconds since the epoch. It moves by `advance` alone."""
    return _started + _ahead


def advance(seconds: float) -> None:
    """Moves the clock."""
    global _ahead
    _ahead += seconds


def fake() -> None:
    """From now on this process lives in virtual time, as far as its own code can tell."""
    time.time = lambda: _time() + _ahead
    time.monotonic = lambda: _monotonic() + _ahead
