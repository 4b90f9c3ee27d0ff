"""The virtual clock of a driver.

`fake` puts it under a library that takes no clock: `time.time` and `time.monotonic` then follow
`advance`. Socket timeouts keep the real time.
"""

from __future__ import annotations

import time
from typing import Callable, Optional

_time = time.time
_monotonic = time.monotonic
# Whole seconds: a fraction is rounded anew at each sum, and an age of exactly 300 s would sometimes
# be a little less.
_started = float(int(time.time()))
_ahead = 0.0
_running_since: Optional[float] = None
followers: list[Callable[[float], None]] = []


def real_milliseconds() -> float:
    """Milliseconds that really passed, whatever is faked."""
    return _monotonic() * 1000


def virtual_seconds() -> float:
    """Where the clock stands, in seconds since the epoch.

    It moves by `advance` alone, until `run`.
    """
    now = _monotonic()
    return _started + _ahead + (now - (now if _running_since is None else _running_since))


def advance(seconds: float) -> None:
    """Moves the clock, and tells whoever has timers that follow it."""
    global _ahead
    _ahead += seconds
    for follow in followers:
        follow(_ahead)


def run() -> None:
    """From now on the clock moves with the real one too, as a faked one does anyway."""
    global _running_since
    if _running_since is None:
        _running_since = _monotonic()


def fake() -> None:
    """From now on this process lives in virtual time, as far as its own code can tell."""
    time.time = lambda: _time() + _ahead
    time.monotonic = lambda: _monotonic() + _ahead
