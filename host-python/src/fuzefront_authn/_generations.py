"""Generations that never go back.

An instance counts from its own start; whoever caches verdicts by generation must not meet an old
number again after a trap, when a new instance begins to count anew.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Generations"]


class Generations:
    """What to add to the numbers of the instance, by issuer; nothing for the first one."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._offsets: list[tuple[list[str], int]] = []

    def stored(self, issuer: int, generation: int) -> None:
        """A key set came into force."""
        self._seen[issuer] = generation + self._offset(issuer)

    def renewed(self, rows: list[dict[str, Any]]) -> None:
        """A new instance was told everything the old one knew, and has this status."""
        self._offsets = [
            (row["issuer"], self._seen.get(i, row["generation"]) - row["generation"])
            for i, row in enumerate(rows)
        ]

    def of_status(self, status: dict[str, Any]) -> dict[str, Any]:
        """The status as callers know the numbers."""
        for i, row in enumerate(status["issuers"] if self._offsets else ()):
            row["generation"] += self._offset(i)
        return status

    def of_verdict(self, verdict: dict[str, Any]) -> dict[str, Any]:
        """The verdict as callers know the numbers."""
        if self._offsets and verdict.get("verdict") == "accepted":
            issuer = verdict["identity"].get("issuer")
            found = [offset for names, offset in self._offsets if issuer in names]
            verdict["keys"]["generation"] += sum(found[:1])
        return verdict

    def _offset(self, issuer: int) -> int:
        return self._offsets[issuer][1] if self._offsets else 0
