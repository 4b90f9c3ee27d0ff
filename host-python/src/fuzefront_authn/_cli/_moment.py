"""A moment as people read it: the date, and how far away it is."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone

from ._ecmascript import number_text

__all__ = ["date", "moment"]

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 31_557_600
_END = 253_402_300_800
"""The year 10000."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def moment(seconds: float, now: float) -> str:
    """As `2023-11-14T22:13:20Z, in 10 min`; a number that is no moment stays one."""
    return f"{date(seconds)}, {_away(seconds - now)}" if _is_moment(seconds) else date(seconds)


def date(seconds: float) -> str:
    """As `2023-11-14T22:13:20Z`; a number that is no moment stays one."""
    if not _is_moment(seconds):
        return number_text(seconds)
    time = _EPOCH + timedelta(seconds=math.floor(seconds))
    return f"{time.isoformat()[:19]}Z"


def _is_moment(seconds: float) -> bool:
    return 0 <= seconds < _END


def _away(seconds: float) -> str:
    span = _span_of(math.floor(abs(seconds)))
    if span == "0 s":
        return "now"
    return f"in {span}" if seconds > 0 else f"{span} ago"


def _span_of(seconds: int) -> str:
    """In the largest unit that leaves more than one of it, mostly."""
    if seconds < 2 * _MINUTE:
        return f"{seconds} s"
    if seconds < 2 * _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} h"
    if seconds < 2 * _YEAR:
        return f"{seconds // _DAY} d"
    return f"{seconds // _YEAR} y"
