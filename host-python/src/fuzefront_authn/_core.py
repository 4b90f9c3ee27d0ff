"""One opened policy in one instance: a lock around it, and a new instance after a trap."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Optional

from ._engine import Broken, Instance, InvalidCall, Module
from ._errors import AuthError, AuthErrorCode, EngineError, PolicyError
from ._forking import renewed_in_children
from ._generations import Generations
from ._locks import held_here

__all__ = ["AUTHORIZATION", "TOKEN", "Busy", "Closed", "Core", "Offer"]

TOKEN, AUTHORIZATION = 0, 1
_WHAT = {"discovery": 0, "key_set": 1}
_abandoned: list[Optional[Instance]] = []


class Closed(InvalidCall):
    """The verifier was closed."""


class Busy(InvalidCall):
    """This thread is in a call already: a signal handler, or a finalizer, came between."""


@dataclass(frozen=True)
class Offer:
    """A fetched body as the module was told of it, kept to tell a new instance the same."""

    issuer: int
    what: Literal["discovery", "key_set"]
    now: float
    max_age: Optional[float]
    jitter: float
    body: bytes
    fetched: Optional[float] = None
    """When it was fetched, of a set that is restored (docs/abi.md, "Restoring keys")."""

    def put(self, instance: Instance, verifier: int) -> dict[str, Any]:
        """Tells `instance`; returns its offer result."""
        if self.fetched is not None:
            times = (self.now, self.fetched, _duration(self.max_age), self.jitter)
            return instance.ask("authn_restore", verifier, self.issuer, *times, data=self.body)
        return instance.ask(
            "authn_offer",
            verifier,
            self.issuer,
            _WHAT[self.what],
            self.now,
            _duration(self.max_age),
            self.jitter,
            data=self.body,
        )


class Core:
    """What the rest of the host asks; any thread may, one at a time gets in.

    A lock and one instance, not an instance per thread: the freshness of keys, their back-off and
    the unknown-key allowance are one state, and a verification holds the lock for about a
    millisecond.
    """

    def __init__(self, policy: bytes, module: Module) -> None:
        self._policy = policy
        self._module = module
        self._lock = threading.RLock()
        self._offers: dict[tuple[int, str], Offer] = {}
        self._epochs: dict[int, int] = {}
        self._generations = Generations()
        # By issuer: those who fetch, and whose end the module was not told.
        self._fetching: dict[int, set[object]] = {}
        self._orphaned: set[int] = set()
        self._closed = False
        self._instance: Optional[Instance] = None
        self._verifier = 0
        instance = self._new_instance()
        about = _sound(instance.ask, "authn_about")
        self._codes: dict[str, dict[str, Any]] = {row["code"]: row for row in about["codes"]}
        opened = self._open(instance)
        self.fingerprint: str = opened["fingerprint"]
        self.issuers: list[dict[str, Any]] = opened["issuers"]
        renewed_in_children(self)

    def verify(self, form: int, data: bytes, now: float) -> dict[str, Any]:
        """A verdict. Raises Broken after a trap, InvalidCall when closed."""
        with self._entered() as instance:
            # A longer message is beyond every limit of the module, which must be the one to say so.
            data = data[: instance.buffer_size]
            answer = instance.ask("authn_verify", self._verifier, form, now, data=data)
            return self._generations.of_verdict(answer)

    def explain(self, form: int, data: bytes, values: bool, now: float) -> dict[str, Any]:
        """As `verify`, with a trace of every step; changes nothing."""
        with self._entered() as instance:
            data = data[: instance.buffer_size]
            answer = instance.ask("authn_explain", self._verifier, form, values, now, data=data)
            answer["verdict"] = self._generations.of_verdict(answer["verdict"])
            return answer

    def fetch_started(self, issuer: int, now: float) -> Optional[object]:
        """None if no fetch may begin; else the module counts it as begun. For `fetch_over`."""
        with self._entered() as instance:
            answer = instance.ask("authn_fetch_started", self._verifier, issuer, now)
            if answer.get("allowed") is not True:
                return None
            ticket = object()
            self._fetching.setdefault(issuer, set()).add(ticket)
            return ticket

    def offer(self, offer: Offer) -> dict[str, Any]:
        """Tells of a fetched body; what was not refused is kept for the next instance."""
        with self._entered() as instance:
            self._epochs[offer.issuer] = self.epoch(offer.issuer) + 1
            if len(offer.body) > instance.buffer_size:
                raise InvalidCall("the body does not fit the module's buffer")
            answer = offer.put(instance, self._verifier)
            if answer.get("result") != "refused":
                self._offers[offer.issuer, offer.what] = offer
            if answer.get("result") != "fetch":
                self._fetching.pop(offer.issuer, None)
            return self._noted(offer, answer)

    def restore(self, offer: Offer) -> dict[str, Any]:
        """Tells of a set that was fetched at `offer.fetched`, here or elsewhere."""
        with self._entered() as instance:
            if len(offer.body) > instance.buffer_size:
                return {"result": "refused", "reason": "too_large"}
            answer = offer.put(instance, self._verifier)
            if answer.get("result") == "stored":
                self._fetching.pop(offer.issuer, None)
                self._epochs[offer.issuer] = self.epoch(offer.issuer) + 1
                self._offers[offer.issuer, offer.what] = offer
            return self._noted(offer, answer)

    def _noted(self, offer: Offer, answer: dict[str, Any]) -> dict[str, Any]:
        if answer.get("result") == "stored":
            self._generations.stored(offer.issuer, answer["generation"])
        return answer

    def key_set(self, issuer: int) -> Optional[Offer]:
        """The set in force, as it was told of."""
        with self._entered():
            return self._offers.get((issuer, "key_set"))

    def fetch_failed(
        self, issuer: int, now: float, retry_after: Optional[float], jitter: float
    ) -> None:
        """Tells that a fetch failed; the module backs off."""
        with self._entered() as instance:
            self._fetching.pop(issuer, None)
            self._epochs[issuer] = self.epoch(issuer) + 1
            instance.ask(
                "authn_fetch_failed", self._verifier, issuer, now, _duration(retry_after), jitter
            )

    def fetch_over(self, issuer: int, ticket: Optional[object], now: float) -> None:
        """To be called when a fetch is over: it was given up if the module was not told its end.

        Nothing is told while others go on with a fetch for this issuer.
        """
        with self._entered() as instance:
            fetching = self._fetching.get(issuer, set())
            if ticket not in fetching:
                return
            fetching.discard(ticket)
            if fetching:
                return
            del self._fetching[issuer]
            self._epochs[issuer] = self.epoch(issuer) + 1
            instance.ask("authn_fetch_abandoned", self._verifier, issuer, now)

    def status(self, now: float) -> dict[str, Any]:
        """The state of every issuer's keys."""
        with self._entered() as instance:
            answer = instance.ask("authn_status", self._verifier, now)
            return self._generations.of_status(answer)

    def epoch(self, issuer: int) -> int:
        """Moves whenever the module was told the end of a fetch for `issuer`."""
        return self._epochs.get(issuer, 0)

    def error(
        self,
        code: AuthErrorCode,
        *,
        details: Optional[dict[str, Any]] = None,
        parameters: str = "",
        retry_after: Optional[int] = None,
    ) -> AuthError:
        """An error of the module's catalogue, for the codes that only hosts use."""
        row = self._codes[code]
        challenge = row.get("challenge")
        return AuthError(
            row["message"],
            code=code,
            status=row["status"],
            challenge=None if challenge is None else challenge + parameters,
            retry_after=1 if retry_after is None and row["status"] == 503 else retry_after,
            details=details,
        )

    @property
    def codes(self) -> frozenset[str]:
        """The closed list of codes, as the module names them."""
        return frozenset(self._codes)

    @property
    def last_answer(self) -> bytes:
        """The last answer as it came, for whom no other thread asks between."""
        return b"" if self._instance is None else self._instance.last_answer

    @property
    def policy(self) -> bytes:
        """The policy as it was opened (JSON), any secret in it; empty when closed."""
        return self._policy

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def close(self) -> None:
        """Forgets the policy and every key. May be called twice, and within a call."""
        self._closed = True
        with self._lock:
            self._forget()

    def renew(self) -> None:
        """In a forked child: an instance that a thread of the parent was in is never used again.

        Fetches of the parent are none here: nobody would tell their end.
        """
        # A fork in a call of this very thread is not meant: that call goes on in the child.
        ours = held_here(self._lock)
        if not ours and not self._lock.acquire(blocking=False):
            # Not freed either: the call it was in has not ended.
            _abandoned.append(self._instance)
            self._instance = None
        self._orphaned.update(self._fetching)
        self._fetching = {}
        if not ours:
            self._lock = threading.RLock()

    @contextmanager
    def _entered(self) -> Iterator[Instance]:
        if held_here(self._lock):
            raise Busy("this thread is in a call of the verifier already")
        with self._lock:
            try:
                instance = self._usable()
                try:
                    while self._orphaned:
                        # At no time: then one that hung in the parent does not count as failed.
                        orphan = self._orphaned.pop()
                        instance.ask("authn_fetch_abandoned", self._verifier, orphan, 0.0)
                    yield instance
                except Broken:
                    # A trap poisons the instance; the next caller must not meet it.
                    self._instance = None
                    self._replace()
                    raise
            finally:
                # Perhaps within this call, which may have left something since.
                if self._closed:
                    self._forget()

    def _usable(self) -> Instance:
        if self._instance is None and not self._closed:
            self._replace()
        # Taken before the question: a signal handler may close at any time.
        instance = self._instance
        if self._closed:
            raise Closed("the verifier is closed")
        if instance is None:
            raise Broken("no instance could be made")
        return instance

    def _forget(self) -> None:
        self._instance = None
        self._offers.clear()
        self._policy = b""

    def _replace(self) -> None:
        """A new instance that knows what the old one knew; none if that fails as well."""
        try:
            instance = self._new_instance()
            self._open(instance)
            for _, offer in sorted(self._offers.items()):
                offer.put(instance, self._verifier)
            rows = instance.ask("authn_status", self._verifier, 0.0)["issuers"]
            self._generations.renewed(rows)
        except (Broken, EngineError, InvalidCall, PolicyError):
            self._instance = None

    def _new_instance(self) -> Instance:
        return self._module.instance()

    def _open(self, instance: Instance) -> dict[str, Any]:
        try:
            opened = _sound(instance.ask, "authn_open", data=self._policy)
        except InvalidCall as error:
            raise PolicyError("the policy is too large") from error
        refused = opened.get("error")
        if refused is not None:
            raise PolicyError(refused["message"], path=refused.get("path", ""))
        self._verifier = opened["verifier"]
        self._instance = instance
        return opened


def _sound(ask: Any, *arguments: Any, **data: Any) -> dict[str, Any]:
    """Asks while nothing can be recovered yet: a trap means that the module itself is unusable."""
    try:
        answer: dict[str, Any] = ask(*arguments, **data)
    except Broken as error:
        raise EngineError("`authn.wasm` traps when it is opened") from error
    return answer


def _duration(seconds: Optional[float]) -> float:
    return -1.0 if seconds is None else float(seconds)
