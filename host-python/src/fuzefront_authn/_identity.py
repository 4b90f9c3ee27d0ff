"""Values a caller gets: who it is, what the token said, and the two answers of a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Optional, Union

from ._errors import AuthError
from ._generated import AuthMode

__all__ = [
    "Accepted",
    "AuthMode",
    "CheckResult",
    "Identity",
    "KeysFacts",
    "Rejected",
    "TokenFacts",
    "result_of",
]


@dataclass(frozen=True)
class Identity:
    """Who a token speaks for. Times are seconds since the Unix epoch.

    `tenant_id` None means unresolved, never "any"; empty `roles` means unprivileged. `claims` is
    the payload as it came in. `repr` shows neither `email` nor `claims`.
    """

    user_id: str
    auth_mode: AuthMode
    expires_at: float
    tenant_id: Optional[str] = None
    roles: tuple[str, ...] = ()
    email: Optional[str] = field(default=None, repr=False)
    issued_at: Optional[float] = None
    issuer: Optional[str] = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> Identity:
        """The inverse of `to_dict`; raises KeyError when a required word is missing."""
        return cls(
            user_id=words["userId"],
            auth_mode=words["authMode"],
            expires_at=words["expiresAt"],
            tenant_id=words["tenantId"],
            roles=tuple(words["roles"]),
            email=words.get("email"),
            issued_at=words.get("issuedAt"),
            issuer=words.get("issuer"),
            claims=words["claims"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The family's words: `userId`, `tenantId`, `roles`, …; what a token lacks is left out."""
        words: dict[str, Any] = {
            "userId": self.user_id,
            "tenantId": self.tenant_id,
            "roles": list(self.roles),
            "email": self.email,
            "authMode": self.auth_mode,
            "issuedAt": self.issued_at,
            "expiresAt": self.expires_at,
            "issuer": self.issuer,
            "claims": dict(self.claims),
        }
        return _without_absent(words, "email", "issuedAt", "issuer")


@dataclass(frozen=True)
class TokenFacts:
    """What the verified token said of itself; `kind` is `machine` for a client's own token."""

    alg: str
    kind: Literal["user", "machine"]
    scopes: tuple[str, ...] = ()
    kid: Optional[str] = None
    typ: Optional[str] = None
    jti: Optional[str] = None
    sid: Optional[str] = None
    azp: Optional[str] = None

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> TokenFacts:
        """The inverse of `to_dict`; raises KeyError when a required word is missing."""
        optional = {name: words.get(name) for name in ("kid", "typ", "jti", "sid", "azp")}
        return cls(alg=words["alg"], kind=words["kind"], scopes=tuple(words["scopes"]), **optional)

    def to_dict(self) -> dict[str, Any]:
        """The module's words; what the token lacks is left out."""
        words: dict[str, Any] = {
            "alg": self.alg,
            "kid": self.kid,
            "typ": self.typ,
            "jti": self.jti,
            "sid": self.sid,
            "azp": self.azp,
            "scopes": list(self.scopes),
            "kind": self.kind,
        }
        return _without_absent(words, "kid", "typ", "jti", "sid", "azp")


@dataclass(frozen=True)
class KeysFacts:
    """Which keys decided: their state, and a word that is another as soon as any of them is."""

    state: Literal["fresh", "aging", "stale", "static", "secret"]
    generation: str


@dataclass(frozen=True)
class Accepted:
    """A check's good answer."""

    identity: Identity
    token: TokenFacts
    keys: KeysFacts
    ok: Literal[True] = True


@dataclass(frozen=True)
class Rejected:
    """A check's bad answer; `error` is what `verify` would have raised."""

    error: AuthError
    ok: Literal[False] = False


CheckResult = Union[Accepted, Rejected]
"""What `check` answers; told apart by `ok`."""


def result_of(verdict: Mapping[str, Any]) -> CheckResult:
    """A verdict of the module that is `accepted` or `rejected`, as a value."""
    if verdict["verdict"] == "accepted":
        return Accepted(
            Identity.from_dict(verdict["identity"]),
            TokenFacts.from_dict(verdict["token"]),
            KeysFacts(**verdict["keys"]),
        )
    return Rejected(
        AuthError(
            verdict["message"],
            code=verdict["code"],
            status=verdict["status"],
            challenge=verdict.get("challenge"),
            retry_after=verdict.get("retry_after"),
            details=verdict["details"],
        )
    )


def _without_absent(words: dict[str, Any], *optional: str) -> dict[str, Any]:
    return {k: v for k, v in words.items() if v is not None or k not in optional}
