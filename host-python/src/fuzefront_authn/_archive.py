"""Key sets in and out of one verifier, with the time they were fetched at.

For snapshots, and for a store that replicas share. The module decides what may be restored
(docs/abi.md, "Restoring keys").
"""

from __future__ import annotations

import random
from typing import Any, Callable, Optional

from ._core import Core, Offer
from ._engine import Broken, InvalidCall
from ._exchange import ClockError, Need, failure_word, read_clock
from ._snapshot import (
    RestoreResult,
    Snapshot,
    SnapshotEntry,
    entry_of,
    is_of,
    parse_entry,
    read_snapshot,
    sound_body,
)

__all__ = ["Archive"]

SETTLED = 2.0
"""A key that a set lacked so many seconds ago need not be looked for again (the module's own)."""


class Archive:
    """Of one verifier. Methods raise ClockError, Broken and InvalidCall as the core does."""

    def __init__(self, core: Core, clock: Callable[[], float]) -> None:
        self._core = core
        self._clock = clock

    def snapshot(self) -> Snapshot:
        """Every set that was fetched."""
        entries = [self.entry(issuer) for issuer in range(len(self._core.issuers))]
        return {"version": 1, "issuers": [entry for entry in entries if entry is not None]}

    def entry(self, issuer: int) -> Optional[SnapshotEntry]:
        """The set of one entry, unless it has none."""
        offer = self._core.key_set(issuer)
        if offer is None:
            return None
        fetched = offer.now if offer.fetched is None else offer.fetched
        return entry_of(self._names(issuer), offer.body, fetched, offer.max_age)

    def restore(self, snapshot: object) -> list[tuple[int, RestoreResult]]:
        """What became of each entry, and of which issuer it is (-1 for none).

        Raises PolicyError for what is no snapshot.
        """
        restored = []
        for entry in read_snapshot(snapshot, "/snapshot"):
            issuer = self._find(entry)
            reason = "no_such_issuer" if issuer < 0 else self._put(issuer, entry)
            result = RestoreResult(
                tuple(entry["issuer"]), "stored" if reason is None else "refused", reason
            )
            restored.append((issuer, result))
        return restored

    def take(self, need: Need, text: str) -> bool:
        """Takes in what another replica wrote; whether it brought what the fetch was to bring."""
        try:
            entry = parse_entry(text)
            if not is_of(entry, self._names(need.issuer)) or self._put(need.issuer, entry):
                return False
            if need.reason == "unknown_key":
                return read_clock(self._clock) - entry["fetchedAt"] <= SETTLED
            return self._status(need.issuer)["fetch"] is None
        except (Broken, ClockError, InvalidCall, ValueError):
            # No entry, or no instance to put it in: as if there were none. It is overwritten.
            return False

    def _put(self, issuer: int, entry: SnapshotEntry) -> Optional[str]:
        """Why it was refused; None if it is in force."""
        body = sound_body(entry)
        if body is None:
            return "wrong_hash"
        offer = Offer(
            issuer=issuer,
            what="key_set",
            now=read_clock(self._clock),
            max_age=entry["maxAge"],
            jitter=random.random(),
            body=body,
            fetched=entry["fetchedAt"],
        )
        try:
            answer = self._core.restore(offer)
        except Broken as error:
            # A body that breaks the instance is no outage: there is a new one already.
            return failure_word(error)
        return None if answer.get("result") == "stored" else str(answer.get("reason"))

    def _find(self, entry: SnapshotEntry) -> int:
        for issuer in range(len(self._core.issuers)):
            if is_of(entry, self._names(issuer)):
                return issuer
        return -1

    def _names(self, issuer: int) -> list[str]:
        names: list[str] = self._core.issuers[issuer]["issuer"]
        return names

    def _status(self, issuer: int) -> dict[str, Any]:
        row: dict[str, Any] = self._core.status(read_clock(self._clock))["issuers"][issuer]
        return row
