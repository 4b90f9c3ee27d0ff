"""How the keys of a verifier stand, for health pages and probes; and snapshots of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Optional, TypedDict

from ._generated import KeyState

__all__ = ["Health", "IssuerHealth", "IssuerStatus", "RestoreResult", "Snapshot"]


@dataclass(frozen=True)
class IssuerStatus:
    """The keys of one issuer entry. `issuer` is empty for one that takes tokens without `iss`.

    `usable`: a token of this issuer gets a verdict without a fetch. `age` is seconds since the key
    set in force was fetched, None without one. `due` is seconds until keys are fetched although no
    token asks, None where there is nothing to keep. `fetch`: a fetch may begin now. `error` says
    why the last fetch brought no keys (a fixed word).
    """

    issuer: tuple[str, ...]
    state: KeyState
    usable: bool
    age: Optional[float]
    keys: int
    generation: Optional[str]
    failures: int
    skipped: tuple[Mapping[str, Any], ...] = ()
    fetch: bool = False
    error: Optional[str] = None
    due: Optional[float] = None

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> IssuerStatus:
        """One row of the module's answer."""
        lists = {"issuer": tuple(words["issuer"]), "skipped": tuple(words["skipped"])}
        return cls(**{**words, **lists})


@dataclass(frozen=True)
class IssuerHealth:
    """One issuer entry. `age` is seconds since its keys were fetched, None without keys.

    `failures` counts failed fetches in a row; `error` says why the last one brought no keys.
    """

    issuer: tuple[str, ...]
    state: KeyState
    age: Optional[float]
    keys: int
    failures: int
    error: Optional[str] = None


@dataclass(frozen=True)
class Health:
    """`degraded`: some tokens cannot be verified, or soon cannot; a restart would not help."""

    status: Literal["ready", "degraded", "not_ready"]
    issuers: tuple[IssuerHealth, ...]


class Snapshot(TypedDict):
    """What `snapshot` gives and `restore` takes: JSON's own types only. A record is opaque."""

    version: Literal[2]
    records: list[str]


@dataclass(frozen=True)
class RestoreResult:
    """What became of one record of a snapshot; `issuer` is empty where no entry has its names.

    `reason` is a fixed word when it was refused: `wrong_hash`, `no_such_issuer`, `too_old`,
    `not_newer`, …
    """

    issuer: tuple[str, ...]
    result: Literal["stored", "refused"]
    reason: Optional[str] = None
