"""Whether a verifier can do its work, for a start and for a readiness probe. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Optional

from ._status import IssuerStatus

__all__ = ["Health", "IssuerHealth", "health_of"]


@dataclass(frozen=True)
class IssuerHealth:
    """One issuer entry. `age` is seconds since its keys were fetched, None without keys.

    `failures` counts failed fetches in a row; `error` says why the last one brought no keys.
    """

    issuer: tuple[str, ...]
    state: Literal["empty", "fresh", "aging", "stale", "dead", "static", "secret"]
    age: Optional[float]
    keys: int
    failures: int
    error: Optional[str] = None


@dataclass(frozen=True)
class Health:
    """`degraded`: some tokens cannot be verified, or soon cannot; a restart would not help."""

    status: Literal["ready", "degraded", "not_ready"]
    issuers: tuple[IssuerHealth, ...]


def health_of(rows: Sequence[IssuerStatus]) -> Health:
    """Without entries, as after closing, nothing is ready."""
    return Health(_status_of(rows), tuple(_entry_of(row) for row in rows))


def _status_of(rows: Sequence[IssuerStatus]) -> Literal["ready", "degraded", "not_ready"]:
    if not any(_serves(row) for row in rows):
        return "not_ready"
    sound = all(row.usable and row.state != "stale" and row.keys > 0 for row in rows)
    return "ready" if sound else "degraded"


def _serves(row: IssuerStatus) -> bool:
    # Keys that are only too old, because nobody asked for them: the next token waits for a fetch,
    # and then passes.
    return row.usable or (row.state == "dead" and row.failures == 0)


def _entry_of(row: IssuerStatus) -> IssuerHealth:
    return IssuerHealth(row.issuer, row.state, row.age, row.keys, row.failures, row.error)
