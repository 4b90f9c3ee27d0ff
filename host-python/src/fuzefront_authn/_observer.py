"""Makes events of what happens to one verifier, and remembers why fetches failed.

Without a listener nothing more is asked of the module. Listeners are called under no lock.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Generator, Mapping
from typing import Any, Callable, Literal, Optional, Union

from ._contract import ContractFacts
from ._core import AUTHORIZATION, Core
from ._engine import Broken, InvalidCall
from ._events import (
    AuthEvent,
    ContractWarningEvent,
    EventListener,
    KeyFetchEvent,
    KeysRotatedEvent,
    KeyStateEvent,
    KeyStoreEvent,
    UnknownKidEvent,
    VerifyEvent,
    logger,
    tell,
)
from ._exchange import ClockError, Need, read_clock
from ._forking import renewed_in_children
from ._identity import Accepted, CheckResult, Rejected
from ._inspection import inspect
from ._locks import held_here

__all__ = ["Observer"]

Row = Mapping[str, Any]


class Observer:
    """Of one verifier; any thread may call."""

    def __init__(
        self, core: Core, clock: Callable[[], float], listener: Optional[EventListener] = None
    ) -> None:
        self._core = core
        self._clock = clock
        self._listener = listener
        self._names: list[list[str]] = [row["issuer"] for row in core.issuers]
        self._errors: dict[int, str] = {}
        self.renew()
        self._seen: list[Row] = [] if listener is None else self._look()
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child."""
        self._lock = threading.RLock()

    def error(self, issuer: int) -> Optional[str]:
        """Why the last fetch for this entry brought no keys."""
        return self._errors.get(issuer)

    def contract_read(self, contract: ContractFacts) -> None:
        """The verifier was made from a contract; its warning also goes to the log."""
        if contract.warning is not None:
            logger.warning("%s", contract.warning)
            self._tell(ContractWarningEvent(contract.app, contract.environment, contract.warning))

    def fetched(
        self,
        issuer: int,
        document: Any,
        outcome: Literal["ok", "failed", "refused", "shared"],
        reason: Optional[str],
        duration: float,
    ) -> None:
        """A document came, or did not."""
        if reason is not None:
            self._errors[issuer] = reason
        elif document == "key_set":
            self._errors.pop(issuer, None)
        if self._listener is not None:
            self._tell(
                KeyFetchEvent(self._name(issuer), document, outcome, max(0.0, duration), reason)
            )
            self.keys_changed()

    def restored(self, issuer: int) -> None:
        """Keys came from a snapshot."""
        self._errors.pop(issuer, None)
        self.keys_changed()

    def store_failed(self, reason: Literal["timeout", "error"]) -> None:
        """The shared store did not answer."""
        self._tell(KeyStoreEvent(reason))

    def keys_changed(self) -> None:
        """The keys may be others, or older: tells what is new about every entry."""
        if self._listener is None or held_here(self._lock):
            return
        with self._lock:
            before, now = self._seen, self._look()
            self._seen = now or before
        for issuer, (old, new) in enumerate(zip(before, now)):
            self._tell_change(self._name(issuer), old, new)

    def watched(
        self, exchange: Generator[Need, bool, dict[str, Any]]
    ) -> Generator[Need, bool, dict[str, Any]]:
        """The same conversation (`_exchange`), with what it shows told."""
        if self._listener is None:
            return (yield from exchange)
        first = True
        try:
            need = next(exchange)
            while True:
                self._needed(need, first)
                first = False
                need = exchange.send((yield need))
        except StopIteration as end:
            verdict: dict[str, Any] = end.value
        if self._may_show_another_state(verdict):
            self.keys_changed()
        return verdict

    def checked(
        self,
        result: CheckResult,
        verdict: CheckResult,
        begun: float,
        form: int,
        data: Union[bytes, Rejected],
    ) -> CheckResult:
        """A check has ended with `result`; `verdict` is what it was before the hooks."""
        if self._listener is None:
            return result
        code = None if result.ok else result.error.code
        if code == "UNKNOWN_KEY":
            self._unknown_kid("refused", self._entry(form, data))
        elif code == "JWKS_UNAVAILABLE":
            issuer = self._entry(form, data)
            # Usable keys are an outage only for a token whose key they lack.
            if self._state(issuer) not in (None, "empty", "dead"):
                self._unknown_kid("unavailable", issuer)
        algorithm = verdict.token.alg if isinstance(verdict, Accepted) else None
        duration = max(0.0, time.monotonic() - begun)
        self._tell(VerifyEvent(_outcome_of(result), code, algorithm, duration))
        return result

    def _tell(self, event: AuthEvent) -> None:
        if self._listener is not None:
            tell(self._listener, event)

    def _tell_change(self, issuer: str, old: Row, new: Row) -> None:
        if new["generation"] > old["generation"] > 0:
            self._tell(KeysRotatedEvent(issuer, new["generation"], new["keys"]))
        if new["state"] != old["state"]:
            self._tell(KeyStateEvent(issuer, old["state"], new["state"]))

    def _needed(self, need: Need, first: bool) -> None:
        if need.background:
            return
        self.keys_changed()
        if first and need.reason == "unknown_key":
            self._unknown_kid("fetching", need.issuer)

    def _may_show_another_state(self, verdict: Row) -> bool:
        # An accepted token shows the state of its entry: usually no second call is needed.
        if verdict["verdict"] != "accepted":
            return "fetch" in verdict or verdict["code"] == "JWKS_UNAVAILABLE"
        issuer = self._entry_of(verdict["identity"].get("issuer"))
        return bool(self._state(issuer) != verdict["keys"]["state"])

    def _unknown_kid(
        self, outcome: Literal["refused", "fetching", "unavailable"], issuer: int
    ) -> None:
        self._tell(UnknownKidEvent(self._name(issuer), outcome))

    def _entry(self, form: int, data: Union[bytes, Rejected]) -> int:
        # The token found its entry by `iss`, or there would be another verdict.
        if len(self._names) == 1:
            return 0
        if not isinstance(data, bytes):
            return -1
        text = data.decode("utf-8", "replace")
        if form == AUTHORIZATION:
            text = re.sub(r"^\s*bearer\s+", "", text, flags=re.IGNORECASE).strip()
        return self._entry_of((inspect(text).claims or {}).get("iss"))

    def _entry_of(self, iss: object) -> int:
        for issuer, names in enumerate(self._names):
            if iss in names or (iss is None and not names):
                return issuer
        return -1

    def _name(self, issuer: int) -> str:
        names = self._names[issuer] if 0 <= issuer < len(self._names) else []
        return names[0] if names else ""

    def _state(self, issuer: int) -> Optional[str]:
        seen = self._seen
        return seen[issuer]["state"] if 0 <= issuer < len(seen) else None

    def _look(self) -> list[Row]:
        try:
            rows: list[Row] = self._core.status(read_clock(self._clock))["issuers"]
        except (Broken, ClockError, InvalidCall):
            # The checks say so, and there is nothing to compare.
            return []
        return rows


def _outcome_of(result: CheckResult) -> Literal["accepted", "rejected", "unavailable"]:
    if result.ok:
        return "accepted"
    return "unavailable" if result.error.status == 503 else "rejected"
