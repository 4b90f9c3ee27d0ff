"""The state of a verifier's keys, for health pages and logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Optional

__all__ = ["IssuerStatus", "Status"]


@dataclass(frozen=True)
class IssuerStatus:
    """One issuer entry. `age`: seconds since the key set in force was fetched, None without one."""

    issuer: tuple[Optional[str], ...]
    state: Literal["empty", "fresh", "aging", "stale", "dead", "static", "secret"]
    age: Optional[float]
    keys: int
    generation: int
    failures: int
    skipped: tuple[Mapping[str, Any], ...] = ()
    fetch: Optional[Mapping[str, Any]] = None

    @property
    def usable(self) -> bool:
        """Whether a token of this issuer gets a verdict without a fetch."""
        return self.state not in ("empty", "dead")


@dataclass(frozen=True)
class Status:
    """Every issuer entry, in the order of the policy."""

    issuers: tuple[IssuerStatus, ...]

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> Status:
        """The module's answer."""
        return cls(tuple(_issuer(row) for row in words["issuers"]))

    @property
    def usable(self) -> bool:
        """Whether every issuer is."""
        return all(issuer.usable for issuer in self.issuers)


def _issuer(row: Mapping[str, Any]) -> IssuerStatus:
    named = row["issuer"]
    return IssuerStatus(
        issuer=tuple(named) if isinstance(named, list) else (named,),
        state=row["state"],
        age=row["age"],
        keys=row["keys"],
        generation=row["generation"],
        failures=row["failures"],
        skipped=tuple(row["skipped"]),
        fetch=row["fetch"],
    )
