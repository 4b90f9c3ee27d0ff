"""What can go wrong, for callers to branch on by class and by code.

    AuthnError
     ├── AuthError            a token was refused, or no verdict was possible
     ├── EngineError          `authn.wasm` is missing, or speaks another interface
     ├── MissingExtraError    an optional dependency is needed and not installed (an ImportError)
     └── PolicyError          the verifier's options are refused (a ValueError)
          └── ContractError   the contract is refused, or names no such app

Callers branch on `AuthError.code`, never on the message. Status, message and challenge of a
code are those of the module: `_generated` is made from it.
"""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from typing import Any

from ._generated import CODES, AuthErrorCode

__all__ = [
    "AuthError",
    "AuthErrorCode",
    "AuthnError",
    "ContractError",
    "EngineError",
    "MissingExtraError",
    "PolicyError",
    "coded",
]


class AuthnError(Exception):
    """The base of everything this package raises on purpose."""


class AuthError(AuthnError):
    """A token was refused, or no verdict was possible.

    `code` is one word of the closed list, `status` the HTTP status (400, 401, 403 or 503).
    `challenge` is the value of `WWW-Authenticate` (RFC 6750 section 3) or None, `retry_after` that
    of `Retry-After` in seconds or None. `details` is for the caller's log, never for the client. As
    text it is the code, the message and the reason, never anything out of the token.
    """

    def __init__(
        self,
        message: str,
        *,
        code: AuthErrorCode,
        status: int,
        challenge: str | None = None,
        retry_after: int | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code: AuthErrorCode = code
        self.status = status
        self.challenge = challenge
        self.retry_after = retry_after
        self.details: Mapping[str, Any] = dict(details or {})

    def __str__(self) -> str:
        reason = self.details.get("reason")
        more = f" ({reason})" if isinstance(reason, str) else ""
        return f"{self.code}: {self.message}{more}"

    def __repr__(self) -> str:
        return f"AuthError({self.code!r}, status={self.status})"

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is rebuilt as `cls(*args)`, which names no code: a pool of processes broke.
        rebuild = copyreg.__newobj__  # type: ignore[attr-defined]
        return rebuild, (type(self), *self.args), self.__dict__

    def headers(self) -> dict[str, str]:
        """The HTTP headers of this answer (RFC 6750 section 3, RFC 9110 section 10.2.3)."""
        headers: dict[str, str] = {}
        if self.challenge is not None:
            headers["WWW-Authenticate"] = self.challenge
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return headers

    def public_body(self) -> dict[str, str]:
        """The HTTP body every host of the family sends: `{"error": message, "code": code}`."""
        return {"error": self.message, "code": self.code}


class EngineError(AuthnError):
    """The WebAssembly module is missing, is not one, or speaks another interface version."""


class MissingExtraError(AuthnError, ImportError):
    """An optional dependency is needed for what was asked, and is not installed."""


class PolicyError(AuthnError, ValueError):
    """The options of a verifier are refused; `path` is a JSON Pointer (RFC 6901) to the fault."""

    code = "INVALID_POLICY"

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(f"`{path}` {message}" if path else message)
        self.message = message
        self.path = path


class ContractError(PolicyError):
    """A contract is refused; `path` is a JSON Pointer into it, or into what was asked of it."""

    code = "INVALID_CONTRACT"


def coded(
    code: AuthErrorCode,
    *,
    details: Mapping[str, Any] | None = None,
    parameters: str = "",
    retry_after: int | None = None,
) -> AuthError:
    """An error of the catalogue, for the codes that only hosts use; `parameters` of the challenge.

    An outage is to be tried again after a second, or after `retry_after` seconds.
    """
    row = CODES[code]
    challenge = row.get("challenge")
    return AuthError(
        row["message"],
        code=code,
        status=row["status"],
        challenge=None if challenge is None else challenge + parameters,
        retry_after=1 if retry_after is None and row["status"] == 503 else retry_after,
        details=details,
    )
