"""The checks of the payload after the signature held: steps 13 to 23 of clause 1.7."""

from __future__ import annotations

from typing import Any

from .answer import Identity, Refused
from .policy import Entry

LAST_SECOND = 253402300799
"""Of the year 9999 (6.1)."""

Claims = dict[str, Any]


def judge_claims(entry: Entry, claims: Claims, now: float) -> Identity:
    _types(claims)
    _times(entry, claims, now)
    _audience(entry, claims)
    _authorized_party(entry, claims)
    _required(entry, claims)
    _values(entry, claims)
    _kind(entry, claims)
    _scopes(entry, claims)
    return _identity(entry, claims)


def _types(claims: Claims) -> None:
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not -LAST_SECOND <= value <= LAST_SECOND:
            raise Refused("INVALID_CLAIM", "not_a_numeric_date")
    for name in ("iss", "jti", "sub"):
        if not isinstance(claims.get(name, ""), str):
            raise Refused("INVALID_CLAIM", "not_a_string")


def _times(entry: Entry, claims: Claims, now: float) -> None:
    leeway = entry.seconds_of_leeway
    if "exp" not in claims:
        raise Refused("MISSING_CLAIM", "exp")
    if not now < claims["exp"] + leeway:
        raise Refused("EXPIRED")
    for name in ("nbf", "iat"):
        if name in claims and now + leeway < claims[name]:
            raise Refused("NOT_ACTIVE", name)
    if entry.max_age is None:
        return
    if "iat" not in claims:
        raise Refused("MISSING_CLAIM", "iat")
    if now > claims["iat"] + entry.max_age + leeway:
        raise Refused("TOKEN_TOO_OLD")


def _audience(entry: Entry, claims: Claims) -> None:
    if entry.audiences is None:
        return
    if "aud" not in claims:
        raise Refused("MISSING_CLAIM", "aud")
    found = claims["aud"]
    found = [found] if isinstance(found, str) else found
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Refused("INVALID_CLAIM", "aud")
    if not set(found) & set(entry.audiences):
        raise Refused("INVALID_AUDIENCE")


def _authorized_party(entry: Entry, claims: Claims) -> None:
    if not entry.authorized_parties:
        return
    name = "azp" if "azp" in claims else "client_id"
    if name not in claims:
        raise Refused("MISSING_CLAIM", "azp")
    if claims[name] not in entry.authorized_parties:
        raise Refused("INVALID_CLAIM", name)


def _required(entry: Entry, claims: Claims) -> None:
    for name in entry.required_claims:
        if claims.get(name) is None:
            raise Refused("MISSING_CLAIM", name)


def _values(entry: Entry, claims: Claims) -> None:
    for name in sorted(entry.claim_values):
        if name not in claims:
            raise Refused("MISSING_CLAIM", name)
        if claims[name] not in entry.claim_values[name]:
            raise Refused("INVALID_CLAIM", name)


def _kind(entry: Entry, claims: Claims) -> None:
    if entry.kinds and kind_of(entry, claims) not in entry.kinds:
        raise Refused("WRONG_TOKEN_TYPE", "wrong_kind")


def kind_of(entry: Entry, claims: Claims) -> str:
    """Whether a person or a program is behind the token (11.1)."""
    clients = [claims[name] for name in ("azp", "client_id") if name in claims]
    own = "sub" in claims and claims["sub"] in clients
    listed = any(client in entry.machine_clients for client in clients)
    return "machine" if own or listed else "user"


def _scopes(entry: Entry, claims: Claims) -> None:
    scope = claims.get("scope")
    words = scope.split(" ") if isinstance(scope, str) else []
    if not set(entry.required_scopes) <= set(words):
        raise Refused("INSUFFICIENT_SCOPE", scopes=entry.required_scopes)


def _identity(entry: Entry, claims: Claims) -> Identity:
    return Identity(
        user_id=_subject(entry, claims),
        tenant_id=_filled(claims.get(entry.claim_of("tenant"))),
        roles=_roles(claims.get(entry.claim_of("roles"))),
        email=_filled(claims.get(entry.claim_of("email"))),
        auth_mode=entry.mode,
        issued_at=claims.get("iat"),
        expires_at=claims["exp"],
        issuer=claims.get("iss"),
        claims=claims,
    )


def _subject(entry: Entry, claims: Claims) -> str:
    name = entry.claim_of("subject")
    subject = claims.get(name, "")
    if not isinstance(subject, str):
        raise Refused("INVALID_CLAIM", name)
    if subject == "":
        raise Refused("MISSING_CLAIM", name)
    return subject


def _filled(value: Any) -> str | None:
    return value if isinstance(value, str) and value != "" else None


def _roles(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list) and all(isinstance(role, str) for role in value):
        return tuple(value)
    return ()
