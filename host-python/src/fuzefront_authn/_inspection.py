"""Why a token was accepted or refused, check by check; and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Optional

from . import _abi
from ._engine import ask_once
from ._generated import LIMITS, AuthErrorCode

__all__ = ["Check", "Explanation", "UnverifiedToken", "inspect"]


@dataclass(frozen=True)
class Check:
    """One check (docs/abi.md, "Trace"); `clause` is that of the contract.

    `verified` is True when the signature held before this check: one that `passed` without says
    only what the token claims. `found` is None too where the value of a claim is not shown.
    """

    check: str
    clause: str
    status: Literal["passed", "failed", "pending", "not_checked"]
    verified: bool
    code: Optional[AuthErrorCode] = None
    reason: Optional[str] = None
    part: Optional[str] = None
    claim: Optional[str] = None
    expected: Any = None
    found: Any = None


@dataclass(frozen=True)
class Explanation:
    """The verdict in short, and all checks. `code`, `status`, `message`: None when accepted."""

    verdict: Literal["accepted", "rejected"]
    checks: tuple[Check, ...]
    code: Optional[AuthErrorCode] = None
    status: Optional[int] = None
    message: Optional[str] = None

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> Explanation:
        """The module's answer."""
        verdict = words["verdict"]
        return cls(
            verdict=verdict["verdict"],
            checks=tuple(Check(**row) for row in words["checks"]),
            **{name: verdict.get(name) for name in ("code", "status", "message")},
        )


@dataclass(frozen=True)
class UnverifiedToken:
    """A decoded token. Anybody can have written it: use it for looking, never for deciding.

    `form` is `jws`, `jwe` (only its header can be read), `opaque` or `malformed`; `fault` says what
    could not be decoded, and why. `repr` shows no claims.
    """

    form: Literal["jws", "jwe", "opaque", "malformed"]
    bytes: int
    header: Optional[Mapping[str, Any]] = None
    claims: Optional[Mapping[str, Any]] = field(default=None, repr=False)
    signature_bytes: Optional[int] = None
    fault: Optional[Mapping[str, Any]] = None
    unverified: Literal[True] = True


def inspect(token: str) -> UnverifiedToken:
    """Decodes `token` without keys and without a policy. Raises nothing for a bad one."""
    # A longer one is beyond every limit of the module, which must be the one to say so.
    data = token.encode("utf-8", "surrogatepass")[: LIMITS["key_set_bytes"]]
    return UnverifiedToken(**ask_once(_abi.INSPECT, data))
