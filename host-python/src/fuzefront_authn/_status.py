"""The state of a verifier's keys, for health pages and logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Optional

__all__ = ["IssuerStatus"]


@dataclass(frozen=True)
class IssuerStatus:
    """One issuer entry. `issuer` is empty for an entry that takes tokens without `iss`.

    `age` is seconds since the key set in force was fetched, None without one. `due` is seconds
    until keys are fetched although no token asks, None where there is nothing to keep. `fetch` is
    what may be fetched now, `error` why the last fetch brought no keys (a fixed word).
    """

    issuer: tuple[str, ...]
    state: Literal["empty", "fresh", "aging", "stale", "dead", "static", "secret"]
    age: Optional[float]
    keys: int
    generation: int
    failures: int
    skipped: tuple[Mapping[str, Any], ...] = ()
    fetch: Optional[Mapping[str, Any]] = None
    error: Optional[str] = None
    due: Optional[float] = None

    @property
    def usable(self) -> bool:
        """Whether a token of this issuer gets a verdict without a fetch."""
        return self.state not in ("empty", "dead")

    @classmethod
    def from_dict(cls, words: Mapping[str, Any], error: Optional[str] = None) -> IssuerStatus:
        """One row of the module's answer."""
        return cls(
            issuer=tuple(words["issuer"]),
            state=words["state"],
            age=words["age"],
            keys=words["keys"],
            generation=words["generation"],
            failures=words["failures"],
            skipped=tuple(words["skipped"]),
            fetch=words["fetch"],
            error=error,
            due=words["due"],
        )
