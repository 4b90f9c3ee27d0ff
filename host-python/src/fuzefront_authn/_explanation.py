"""A verdict with every step that led to it (docs/abi.md, "Trace")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Optional

from ._errors import AuthErrorCode
from ._exchange import settled

__all__ = ["Explanation", "Step"]


@dataclass(frozen=True)
class Step:
    """One step of the pipeline (docs/abi.md, "Trace"); `clause` is that of the contract.

    `verified` is True when the signature held before this step: one that `passed` without says
    only what the token claims. `found` is None too where the value of a claim is not shown.
    """

    step: str
    clause: str
    status: Literal["passed", "failed", "pending", "not_checked"]
    verified: bool
    code: Optional[AuthErrorCode] = None
    reason: Optional[str] = None
    part: Optional[str] = None
    claim: Optional[str] = None
    expected: Any = None
    found: Any = None

    @classmethod
    def from_dict(cls, words: dict[str, Any]) -> Step:
        """One row of the module's answer."""
        optional = ("code", "reason", "part", "claim", "expected", "found")
        return cls(
            step=words["step"],
            clause=words["clause"],
            status=words["status"],
            verified=words["verified"],
            **{name: words.get(name) for name in optional},
        )


@dataclass(frozen=True)
class Explanation:
    """Why a token was accepted or refused: the verdict in short, and all its steps.

    `code`, `status` and `message` are None when it was accepted.
    """

    verdict: Literal["accepted", "rejected"]
    steps: tuple[Step, ...]
    code: Optional[AuthErrorCode] = None
    status: Optional[int] = None
    message: Optional[str] = None

    @classmethod
    def from_dict(cls, words: dict[str, Any]) -> Explanation:
        """The module's answer."""
        verdict = settled(words["verdict"])
        return cls(
            verdict=verdict["verdict"],
            steps=tuple(Step.from_dict(row) for row in words["steps"]),
            code=verdict.get("code"),
            status=verdict.get("status"),
            message=verdict.get("message"),
        )
