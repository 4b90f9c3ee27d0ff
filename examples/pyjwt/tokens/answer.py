"""What the validator answers: an identity, a code with its HTTP form (13), or a wish for keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

# Code, status and message (13.1); those that no judgement of a token gives are left out.
CODES: dict[str, tuple[int, str]] = {
    "ALGORITHM_NOT_ALLOWED": (401, "the token is signed with an algorithm that is not allowed"),
    "ENCRYPTED_TOKEN": (401, "the token is encrypted; a signed token is needed"),
    "EXPIRED": (401, "the token has expired"),
    "INSUFFICIENT_SCOPE": (403, "the token lacks a required scope"),
    "INVALID_AUDIENCE": (401, "the token was issued for another audience"),
    "INVALID_CLAIM": (401, "a claim of the token has a value that is not allowed"),
    "INVALID_ISSUER": (401, "the token comes from an issuer that is not trusted"),
    "INVALID_REQUEST": (400, "the request carries unreadable or several credentials"),
    "INVALID_SIGNATURE": (401, "the signature of the token does not hold"),
    "JWKS_UNAVAILABLE": (
        503,
        "the keys of the issuer are not available at present; try again later",
    ),
    "MALFORMED": (401, "the token is not a well-formed signed token"),
    "MISSING_CLAIM": (401, "the token lacks a required claim"),
    "NOT_ACTIVE": (401, "the token is not valid yet"),
    "NO_TOKEN": (401, "the request carries no bearer token"),
    "TOKEN_TOO_LARGE": (401, "the token is longer than 16384 bytes"),
    "TOKEN_TOO_OLD": (401, "the token was issued too long ago"),
    "UNKNOWN_KEY": (401, "the token is signed with a key that its issuer does not publish"),
    "UNSUITABLE_KEY": (401, "the key that the token names may not be used to verify it"),
    "UNSUPPORTED_HEADER": (
        401,
        "the header of the token asks for an extension that is not supported",
    ),
    "WRONG_TOKEN_TYPE": (401, "the token is of a type that is not accepted here"),
}


@dataclass(frozen=True)
class Identity:
    """Who a token speaks of (9.5)."""

    user_id: str
    tenant_id: str | None
    roles: tuple[str, ...]
    email: str | None
    auth_mode: str
    issued_at: float | None
    expires_at: float
    issuer: str | None
    claims: dict[str, Any]


@dataclass(frozen=True)
class Accepted:
    identity: Identity


@dataclass(frozen=True)
class Rejected:
    """A refusal; `reason` is for the log of the service, never for the client (13.5)."""

    code: str
    reason: str = ""
    scopes: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        return CODES[self.code][0]

    @property
    def body(self) -> dict[str, str]:
        return {"error": CODES[self.code][1], "code": self.code}

    @property
    def challenge(self) -> str | None:
        """The value of `WWW-Authenticate` (13.3)."""
        if self.code == "NO_TOKEN":
            return "Bearer"
        errors = {400: "invalid_request", 401: "invalid_token", 403: "insufficient_scope"}
        error = errors.get(self.status)
        if error is None:
            return None
        challenge = f'Bearer error="{error}", error_description="{CODES[self.code][1]}"'
        if self.code == "INSUFFICIENT_SCOPE":
            challenge += f', scope="{" ".join(self.scopes)}"'
        return challenge

    @property
    def headers(self) -> dict[str, str]:
        if self.status == 503:
            return {"Retry-After": "1"}
        return {} if self.challenge is None else {"WWW-Authenticate": self.challenge}


@dataclass(frozen=True)
class KeysNeeded:
    """The key set of this entry has to be fetched before the token can be judged (8.8, 8.9)."""

    entry: int


Verdict = Union[Accepted, Rejected, KeysNeeded]


class Refused(Exception):
    """Ends the checks with the first that failed (1.7)."""

    def __init__(self, code: str, reason: str = "", scopes: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.verdict = Rejected(code, reason, tuple(scopes))
