"""One opened policy in one instance: a lock around it, and a new instance after a trap."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Callable, Optional

from . import _abi
from ._engine import Broken, Instance, InvalidCall, Module
from ._errors import AuthError, EngineError, PolicyError, coded
from ._forking import renewed_in_children
from ._generated import LIMITS

__all__ = ["OUTAGES", "Busy", "ClockError", "Closed", "Session", "unavailable"]


class Closed(InvalidCall):
    """The verifier was closed."""


class Busy(InvalidCall):
    """This thread is in a call already: a signal handler, or a finalizer, came between."""


class ClockError(Exception):
    """The clock raised, or gave no time."""


OUTAGES = (Broken, ClockError, InvalidCall)
"""What any call may raise: VERIFIER_UNAVAILABLE, and never a verdict."""


class Session:
    """What the rest of the host asks; any thread may, one at a time gets in.

    A lock and one instance, not an instance per thread: the freshness of keys, their back-off and
    the allowance for unknown keys are one state, and a verification takes less than a millisecond.
    """

    def __init__(
        self,
        policy: bytes,
        module: Module,
        clock: Callable[[], float],
        tell: Optional[Callable[[dict[str, Any]], object]] = None,
    ) -> None:
        self.policy = policy
        self._module = module
        self._clock = clock
        self._tell = tell
        self._lock = threading.RLock()
        self._inside = 0
        self._shut = False
        self._closed = False
        self._verifier = 0
        self._instance: Optional[Instance] = None
        self._now = 0.0
        # By issuer: its record, and whether a conversation is open.
        self._records: dict[int, str] = {}
        self._talking: set[int] = set()
        self._orphaned: set[int] = set()
        with suppress(ClockError):  # which the first check will tell
            self._time()
        try:
            opened = self._open(module.instance())
        except Broken as error:
            raise EngineError("`authn.wasm` traps when it opens a policy") from error
        self.fingerprint: str = opened["fingerprint"]
        self.issuers: list[dict[str, Any]] = opened["issuers"]
        renewed_in_children(self)

    def verify(self, payload: bytes, flags: int, attempt: int) -> dict[str, Any]:
        """A verdict, or `keys_needed`. Raises OUTAGES, as the other methods do."""
        return self._judged(_abi.VERIFY, payload, flags, attempt)

    def explain(self, payload: bytes, flags: int, attempt: int) -> dict[str, Any]:
        """As `verify`, with every check."""
        return self._judged(_abi.EXPLAIN, payload, flags, attempt)

    def fetch(self, issuer: int, flags: int) -> dict[str, Any]:
        """Begins the conversation that brings the keys of `issuer`; its first step."""

        def begun(step: dict[str, Any]) -> None:
            if step["do"] != "nothing":
                self._talking.add(issuer)

        return self._asked(_abi.FETCH, then=begun, issuer=issuer, flags=flags, now=self._time())

    def told(
        self, issuer: int, facts: Mapping[str, Any], body: Optional[bytes] = None
    ) -> dict[str, Any]:
        """What came of the last step, and the next one; keeps the record that it may name.

        Goes on after `shut`.
        """

        def taken(step: dict[str, Any]) -> None:
            # A set in force is JSON, so its bytes are UTF-8.
            if step.get("keep") and body is not None:
                self._records[issuer] = body.decode()
            elif "record" in step and body is not None:
                self._records[issuer] = step["record"] + "\n" + body.decode()
            if step["do"] == "done":
                self._talking.discard(issuer)

        payload = json.dumps(facts, separators=(",", ":")).encode()
        if body is not None:
            payload += b"\n" + body
        now = self._time()
        return self._asked(_abi.TOLD, payload, then=taken, ending=True, issuer=issuer, now=now)

    def abandon(self, issuer: int) -> dict[str, Any]:
        """Gives the conversation up; `unlock` names the lock that it held. Goes on after `shut`."""
        self._talking.discard(issuer)
        return self._asked(_abi.ABANDON, ending=True, issuer=issuer, now=self._now)

    def restore(self, record: str) -> dict[str, Any]:
        """What became of a record of this or another process; kept if it is in force."""

        def stored(answer: dict[str, Any]) -> None:
            if answer["result"] == "stored":
                self._records[answer["issuer"]] = record

        now = self._time()
        try:
            payload = record.encode("utf-8", "surrogatepass")
            return self._asked(_abi.RESTORE, payload, then=stored, now=now)
        except (Busy, Closed):
            raise
        except InvalidCall:  # longer than the buffer
            return {"result": "refused", "reason": "not_a_record"}

    def record(self, issuer: int) -> Optional[str]:
        """The keys in force, as they were fetched."""
        return self._records.get(issuer)

    def records(self) -> list[str]:
        """Every record."""
        with self._entered():
            return [record for _, record in sorted(self._records.items())]

    def status(self) -> dict[str, Any]:
        """The state of the keys of every issuer."""
        return self._asked(_abi.STATUS, now=self._time())

    def shut(self) -> None:
        """Refuses everything but the end of conversations."""
        self._shut = True

    def close(self) -> None:
        """Forgets the policy and every key. May be called twice, and within a call."""
        self._shut = self._closed = True
        with suppress(*OUTAGES), self._entered(ending=True):
            """The end of a call forgets, this one's or that which it came into."""

    def renew(self) -> None:
        """In a forked child: an instance that a thread of the parent was in is never used again.

        Conversations of the parent end here, as no thread here brings their documents.
        """
        if self._inside != threading.get_ident():  # else that call goes on in the child
            if not self._lock.acquire(blocking=False):
                # Not freed either: the call it was in has not ended.
                _abandoned.append(self._instance)
                self._instance = None
            self._lock = threading.RLock()
            self._inside = 0
        self._orphaned |= self._talking
        self._talking = set()

    def _judged(self, operation: int, payload: bytes, flags: int, attempt: int) -> dict[str, Any]:
        # A longer token is beyond the limit of the module, which must be the one to say so.
        payload = payload[: LIMITS["key_set_bytes"]]
        return self._asked(operation, payload, flags=flags, now=self._time(), attempt=attempt)

    def _asked(
        self,
        operation: int,
        payload: bytes = b"",
        *,
        then: Callable[[dict[str, Any]], None] = lambda answer: None,
        ending: bool = False,
        **members: Any,
    ) -> dict[str, Any]:
        """One call under the lock, and its events told under none; `ending`: even after `shut`."""
        with self._entered(ending=ending) as instance:
            answer = self._ask(instance, operation, payload, **members)
            then(answer)
        events = answer.pop("events", ())
        if self._tell is not None and not self._shut:
            for event in events:
                self._tell(event)
        return answer

    def _ask(
        self, instance: Instance, operation: int, payload: bytes = b"", **members: Any
    ) -> dict[str, Any]:
        verifier, jitter = self._verifier, random.random()
        return instance.ask(operation, payload, verifier=verifier, jitter=jitter, **members)

    def _time(self) -> float:
        try:
            now = float(self._clock())
        except Exception as error:
            raise ClockError("the clock failed") from error
        if not 0 <= now < float("inf"):
            raise ClockError("the clock gave no time")
        self._now = now
        return now

    @contextmanager
    def _entered(self, *, ending: bool = False) -> Iterator[Instance]:
        if self._shut and not ending:
            raise Closed("the verifier is closed")
        with self._lock:
            if self._inside == threading.get_ident():
                raise Busy("this thread is in a call of the verifier already")
            try:
                self._inside = threading.get_ident()
                instance = self._usable()
                try:
                    yield instance
                except Broken:
                    # A trap poisons the instance; the next caller must not meet it.
                    self._replace()
                    raise
            finally:
                if self._closed:
                    self._forget()
                self._inside = 0

    def _usable(self) -> Instance:
        if self._instance is None and not self._closed:
            self._replace()
        # Taken before the question: a signal handler may close at any time.
        instance = self._instance
        if self._closed:
            raise Closed("the verifier is closed")
        if instance is None:
            raise Broken("no instance could be made")
        try:
            while self._orphaned:
                # At no time: a conversation of the parent did not fail.
                self._ask(instance, _abi.ABANDON, issuer=self._orphaned.pop())
        except Broken:
            self._replace()
            raise
        return instance

    def _forget(self) -> None:
        self._instance = None
        self._records.clear()
        self.policy = b""

    def _replace(self) -> None:
        """A new instance that has the keys of the old one; none if that fails as well."""
        self._instance = None
        self._talking = set()
        try:
            instance = self._module.instance()
            self._open(instance)
            for record in self._records.values():
                self._ask(instance, _abi.RESTORE, record.encode(), now=self._now)
        except (Broken, EngineError, InvalidCall, PolicyError):
            self._instance = None

    def _open(self, instance: Instance) -> dict[str, Any]:
        try:
            flags = 0 if self._tell is None else _abi.EVENTS
            opened = instance.ask(_abi.OPEN, self.policy, flags=flags, now=self._now)
        except InvalidCall as error:
            raise PolicyError("the policy is too large") from error
        refused = opened.get("error")
        if refused is not None:
            raise PolicyError(refused["message"], path=refused.get("path", ""))
        self._verifier = opened["verifier"]
        self._instance = instance
        return opened


def unavailable(cause: Exception, reason: Optional[str] = None) -> AuthError:
    """`VERIFIER_UNAVAILABLE`, which says nothing about a token; `cause` is its `__cause__`."""
    error = coded("VERIFIER_UNAVAILABLE", details={"reason": reason or _word(cause)})
    error.__cause__ = cause
    return error


def _word(cause: Exception) -> str:
    words = ((ClockError, "clock"), (Closed, "closed"), (Busy, "busy"), (Broken, "trap"))
    return next((word for kind, word in words if isinstance(cause, kind)), "invalid_call")


_abandoned: list[Optional[Instance]] = []
