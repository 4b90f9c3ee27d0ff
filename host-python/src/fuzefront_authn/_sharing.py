"""One fetch for a fleet (docs/keys.md, "Shared store"), as a conversation without I/O.

Before a fetch it looks whether another replica has just made it, or is making it now; after it, it
tells the others.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Optional, Union

from ._archive import Archive
from ._engine import Broken, InvalidCall
from ._exchange import ClockError, Need, Outcome
from ._observer import Observer
from ._snapshot import entry_text

__all__ = ["ENDED", "FAILED", "Abandoned", "Ask", "Pause", "Settled", "Sharing", "Step"]

PREFIX = "fuzefront-authn:1"
POLL_SECONDS = 0.05
"""Between two looks while another replica fetches."""
LOCK_SECONDS = 5
"""A fetch takes no longer; nor is that of another waited for any longer."""
PATIENCE_SECONDS = 2.5
"""The same when callers wait: they are kept for three seconds. Less would have every replica fetch
from an issuer that is slow; the other one is rarely dead."""
FRESHNESS_DEFAULT, FRESHNESS_LEAST, FRESHNESS_MOST = 240.0, 60.0, 3600.0
"""The module's bounds on how long a set is fresh, seconds."""
HARD_AGE_FACTOR = 1.25
"""By that much longer it may be used while the issuer answers."""


@dataclass(frozen=True)
class Ask:
    """A call of the store; the answer is sent, or FAILED."""

    method: Literal["get", "put", "lock", "unlock"]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Pause:
    """Nothing, for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Settled:
    """Whoever waits for keys may go on; what follows is for other replicas."""


class Abandoned(Exception):
    """Thrown in where the rest is not wanted any more: the verifier was closed."""


ENDED = (Abandoned, Broken, ClockError, InvalidCall)
"""What may end a fetch before its time."""

FAILED = object()
"""The store did not answer."""

Step = Union[str, Ask, Pause, Settled]
"""What is yielded; a string is a URL to fetch."""


class Sharing:
    """Of one verifier. `urls` are those where the fetches of each issuer begin."""

    def __init__(
        self, archive: Archive, observer: Observer, urls: Sequence[Optional[str]], can_lock: bool
    ) -> None:
        self._archive = archive
        self._observer = observer
        self._keys = [hashlib.sha256((url or "").encode()).hexdigest() for url in urls]
        self._can_lock = can_lock

    def exchange(
        self, need: Need, fetch: Generator[str, Outcome, bool]
    ) -> Generator[Step, Any, None]:
        """The fetch, unless the store has what it would bring."""
        turn = _Turn(self._archive, need)
        put: Optional[Ask] = None
        # If it ends there is nothing to tell; but what was locked is still to be given back.
        with suppress(*ENDED):
            put = yield from self._made(turn, fetch)
        yield Settled()
        if put is not None:
            yield put
        if turn.locked:
            yield Ask("unlock", (self._name("lock", need.issuer),))

    def _made(
        self, turn: _Turn, fetch: Generator[str, Outcome, bool]
    ) -> Generator[Step, Any, Optional[Ask]]:
        """Brings the keys; returns how to tell the others of them."""
        need, begun = turn.need, time.monotonic()
        patience = LOCK_SECONDS if need.reason == "refresh" else PATIENCE_SECONDS
        if (yield from self._bring(turn, begun + patience)):
            duration = time.monotonic() - begun
            self._observer.fetched(need.issuer, "key_set", "shared", None, duration)
            return None
        return self._put(need.issuer) if (yield from fetch) else None

    def _bring(self, turn: _Turn, until: float) -> Generator[Step, Any, bool]:
        issuer = turn.need.issuer
        look = Ask("get", (self._name("keys", issuer),))
        if turn.takes((yield look)):
            return True
        while self._can_lock:
            locked = yield Ask("lock", (self._name("lock", issuer), LOCK_SECONDS))
            if locked is FAILED:
                return False
            turn.locked = locked is True
            # Also with the lock: whoever had it may have put something since the last look.
            if turn.takes((yield look)):
                return True
            if turn.locked or time.monotonic() >= until:
                return False
            yield Pause(POLL_SECONDS)
        return False

    def _put(self, issuer: int) -> Optional[Ask]:
        try:
            entry = self._archive.entry(issuer)
        except (Broken, ClockError, InvalidCall):
            return None
        if entry is None:
            return None
        life = _life(entry["maxAge"])
        return Ask("put", (self._name("keys", issuer), entry_text(entry), life))

    def _name(self, kind: Literal["keys", "lock"], issuer: int) -> str:
        return f"{PREFIX}:{kind}:{self._keys[issuer]}"


class _Turn:
    """One fetch: what was seen of the store for it, and whether it has the lock."""

    def __init__(self, archive: Archive, need: Need) -> None:
        self.need = need
        self.locked = False
        self._archive = archive
        self._last: Optional[str] = None

    def takes(self, text: object) -> bool:
        # A value that was of no use is not read again.
        if not isinstance(text, str) or text == self._last:
            return False
        self._last = text
        return self._archive.take(self.need, text)


def _life(max_age: Optional[float]) -> int:
    freshness = FRESHNESS_DEFAULT if max_age is None else max_age
    return int(HARD_AGE_FACTOR * min(FRESHNESS_MOST, max(FRESHNESS_LEAST, freshness)))
