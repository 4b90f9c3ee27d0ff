"""The module's verdicts, and its silence, as the values and errors a caller gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from ._core import Core
from ._errors import AuthError
from ._exchange import failure_word
from ._identity import Accepted, CheckResult, Identity, KeysFacts, Rejected, TokenFacts

__all__ = ["result_of", "unavailable"]


def result_of(verdict: Mapping[str, Any]) -> CheckResult:
    """A verdict that is `accepted` or `rejected` as a value."""
    if verdict["verdict"] == "accepted":
        keys = verdict["keys"]
        return Accepted(
            Identity.from_dict(verdict["identity"]),
            TokenFacts.from_dict(verdict["token"]),
            KeysFacts(state=keys["state"], generation=keys["generation"]),
        )
    return Rejected(
        AuthError(
            verdict["message"],
            code=verdict["code"],
            status=verdict["status"],
            challenge=verdict.get("challenge"),
            retry_after=verdict.get("retry_after"),
            details=verdict.get("details"),
        )
    )


def unavailable(core: Core, cause: Exception, reason: Optional[str] = None) -> AuthError:
    """`VERIFIER_UNAVAILABLE`, which says nothing about a token; `cause` is its `__cause__`."""
    error = core.error("VERIFIER_UNAVAILABLE", details={"reason": reason or failure_word(cause)})
    error.__cause__ = cause
    return error
