"""The host's part of docs/abi.md as conversations without I/O.

Both are generators: they yield what they need, are sent what came of it, and return the result.
`Verifier` and `AsyncVerifier` drive the same ones, so that neither can differ from the other.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Literal, Optional, Union

from ._core import Busy, Closed, Core, Offer
from ._engine import Broken, InvalidCall
from ._refusal import refusal

if TYPE_CHECKING:
    from ._observer import Observer

__all__ = [
    "ClockError",
    "Failed",
    "Fetched",
    "Need",
    "Outcome",
    "ask_explanation",
    "ask_verdict",
    "failure_word",
    "fetch_exchange",
    "fetch_over",
    "settled",
    "verdict_exchange",
]

logger = logging.getLogger("fuzefront_authn")

MAX_VERIFY_CALLS = 4
"""How often one request asks the module (docs/abi.md, "The host's part", 2)."""


class ClockError(Exception):
    """The clock raised, or gave no time."""


@dataclass(frozen=True)
class Fetched:
    """A body that came with status 200; `max_age` is what is left of its freshness, in seconds."""

    body: bytes
    max_age: Optional[float] = None


@dataclass(frozen=True)
class Failed:
    """A fetch that brought no body: `reason` is a fixed word, `text` is for the log."""

    reason: str
    retry_after: Optional[float] = None
    text: str = ""


Outcome = Union[Fetched, Failed]


@dataclass(frozen=True)
class Need:
    """Keys are needed, or a refresh is due. `background` needs are not waited for."""

    issuer: int
    what: str
    url: str
    wait: float
    epoch: int
    background: bool
    reason: str = ""

    @classmethod
    def of(cls, fetch: Mapping[str, Any], epoch: int, *, background: bool = False) -> Need:
        """A `fetch` member of the module's answers."""
        return cls(
            issuer=fetch["issuer"],
            what=fetch["what"],
            url=fetch["url"],
            wait=float(fetch.get("wait", 0)),
            epoch=epoch,
            background=background,
            reason=fetch.get("reason", ""),
        )


def read_clock(clock: Callable[[], float]) -> float:
    """Seconds since the epoch. Raises ClockError for a clock that fails or gives no such number."""
    try:
        now = float(clock())
    except Exception as error:
        raise ClockError("the clock failed") from error
    if not 0 <= now < float("inf"):
        raise ClockError("the clock gave no time")
    return now


def verdict_exchange(
    core: Core, clock: Callable[[], float], form: int, data: bytes
) -> Generator[Need, bool, dict[str, Any]]:
    """One request. Send True when asking again may help, False when no keys will come in time."""
    return settled((yield from ask_verdict(core, clock, form, data)))


def ask_verdict(
    core: Core, clock: Callable[[], float], form: int, data: bytes
) -> Generator[Need, bool, dict[str, Any]]:
    """The same, with the module's last answer as it is: perhaps it still needs keys."""

    def ask() -> dict[str, Any]:
        return core.verify(form, data, read_clock(clock))

    return (yield from _asked(core, ask, lambda verdict: verdict))


def ask_explanation(
    core: Core, clock: Callable[[], float], form: int, data: bytes, values: bool
) -> Generator[Need, bool, dict[str, Any]]:
    """As `ask_verdict`, with every step."""

    def ask() -> dict[str, Any]:
        return core.explain(form, data, values, read_clock(clock))

    return (yield from _asked(core, ask, lambda answer: answer["verdict"]))


def settled(verdict: dict[str, Any]) -> dict[str, Any]:
    """What holds when no more keys will come."""
    otherwise: dict[str, Any] = verdict.get("otherwise", verdict)
    return otherwise


def _asked(
    core: Core, ask: Callable[[], dict[str, Any]], verdict_of: Callable[[dict[str, Any]], Any]
) -> Generator[Need, bool, dict[str, Any]]:
    coming = True
    for _ in range(MAX_VERIFY_CALLS):
        epochs = [core.epoch(issuer) for issuer in range(len(core.issuers))]
        answer = ask()
        verdict = verdict_of(answer)
        fetch = verdict.get("fetch")
        if verdict["verdict"] != "keys_needed":
            if fetch is not None:
                yield Need.of(fetch, epochs[fetch["issuer"]], background=True)
            return answer
        if not coming:
            break
        # Asked once more when none will come in time: the keys there are may serve on.
        coming = yield Need.of(fetch, epochs[fetch["issuer"]])
    return answer


def fetch_exchange(
    core: Core, clock: Callable[[], float], need: Need, observer: Observer
) -> Generator[str, Outcome, bool]:
    """One fetch, from the first URL to the key set in force: yields URLs, is sent outcomes.

    Returns whether a key set was stored.
    """
    what, url = need.what, need.url
    while True:
        begun = time.monotonic()
        outcome = yield url
        ended = _handed_in(core, clock, need.issuer, what, url, outcome)
        duration = time.monotonic() - begun
        observer.fetched(need.issuer, what, ended.outcome, ended.reason, duration)
        if ended.next is None:
            return ended.outcome == "ok"
        what, url = "key_set", ended.next


def fetch_over(
    core: Core, clock: Callable[[], float], issuer: int, ticket: Optional[object]
) -> None:
    """Tells the module of a fetch that ended, if nobody told how; never raises."""
    try:
        now = read_clock(clock)
    except ClockError:
        # At no time: it is none that hung.
        now = 0.0
    with suppress(Broken, InvalidCall):
        core.fetch_over(issuer, ticket, now)


@dataclass(frozen=True)
class _Ended:
    """How one document went; `next` is the URL of the key set to fetch now."""

    outcome: Literal["ok", "failed", "refused"]
    reason: Optional[str] = None
    next: Optional[str] = None


def _handed_in(
    core: Core, clock: Callable[[], float], issuer: int, what: str, url: str, outcome: Outcome
) -> _Ended:
    if isinstance(outcome, Failed):
        logger.warning("cannot fetch `%s`: %s", url, outcome.text or outcome.reason)
        return _failed(core, clock, issuer, outcome.reason, outcome.retry_after)
    try:
        answer = core.offer(_offer(issuer, what, outcome, read_clock(clock)))
    except Closed:
        raise
    except (Broken, ClockError, InvalidCall) as error:
        # The body itself may be what broke the instance; the new one is told of a failure.
        logger.error("what `%s` answers could not be handed in: %s", url, error)
        return _failed(core, clock, issuer, failure_word(error), None)
    if answer.get("result") == "refused":
        reason = str(answer.get("reason"))
        why = refusal(reason, outcome.body, core.issuers[issuer]["issuer"])
        logger.warning("refused `%s`: %s", url, why)
        return _Ended("refused", reason)
    more = answer.get("result") == "fetch" and what == "discovery"
    return _Ended("ok", None, answer["fetch"]["url"] if more else None)


def failure_word(error: Exception) -> str:
    """The fixed word for a call of the module that failed."""
    if isinstance(error, ClockError):
        return "clock"
    if isinstance(error, Closed):
        return "closed"
    if isinstance(error, Busy):
        return "busy"
    return "trap" if isinstance(error, Broken) else "invalid_call"


def _offer(issuer: int, what: Any, fetched: Fetched, now: float) -> Offer:
    return Offer(
        issuer=issuer,
        what=what,
        now=now,
        max_age=fetched.max_age,
        jitter=random.random(),
        body=fetched.body,
    )


def _failed(
    core: Core,
    clock: Callable[[], float],
    issuer: int,
    reason: str,
    retry_after: Optional[float],
) -> _Ended:
    try:
        core.fetch_failed(issuer, read_clock(clock), retry_after, random.random())
    except Closed:
        raise
    except (Broken, ClockError, InvalidCall) as error:
        # Nothing left to tell: the next request starts over.
        logger.debug("the module could not be told: %s", error)
    return _Ended("failed", reason)
