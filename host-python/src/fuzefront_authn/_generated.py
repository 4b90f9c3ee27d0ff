"""Made by `cargo xtask generate` from docs/abi.schema.json and the module; do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Optional, TypedDict, Union

AuthErrorCode = Literal[
    "ALGORITHM_NOT_ALLOWED",
    "ENCRYPTED_TOKEN",
    "EXPIRED",
    "FORBIDDEN",
    "INSUFFICIENT_SCOPE",
    "INVALID_AUDIENCE",
    "INVALID_CLAIM",
    "INVALID_ISSUER",
    "INVALID_REQUEST",
    "INVALID_SIGNATURE",
    "JWKS_UNAVAILABLE",
    "MALFORMED",
    "MISSING_CLAIM",
    "NOT_ACTIVE",
    "NO_TOKEN",
    "REVOKED",
    "TOKEN_TOO_LARGE",
    "TOKEN_TOO_OLD",
    "UNKNOWN",
    "UNKNOWN_KEY",
    "UNSUITABLE_KEY",
    "UNSUPPORTED_HEADER",
    "VERIFIER_UNAVAILABLE",
    "WRONG_TOKEN_TYPE",
]
"""The closed list of codes."""

AuthMode = Literal["federated-jwks", "legacy-hs256"]
KeyState = Literal["empty", "fresh", "aging", "stale", "dead", "static", "secret"]

CODES: dict[str, dict[str, Any]] = {
    "ALGORITHM_NOT_ALLOWED": {
        "status": 401,
        "message": "the token is signed with an algorithm that is not allowed",
        "challenge": 'Bearer error="invalid_token", error_description="the token is signed with an algorithm that is not allowed"',
    },
    "ENCRYPTED_TOKEN": {
        "status": 401,
        "message": "the token is encrypted; a signed token is needed",
        "challenge": 'Bearer error="invalid_token", error_description="the token is encrypted; a signed token is needed"',
    },
    "EXPIRED": {
        "status": 401,
        "message": "the token has expired",
        "challenge": 'Bearer error="invalid_token", error_description="the token has expired"',
    },
    "FORBIDDEN": {"status": 403, "message": "the identity may not do this"},
    "INSUFFICIENT_SCOPE": {
        "status": 403,
        "message": "the token lacks a required scope",
        "challenge": 'Bearer error="insufficient_scope", error_description="the token lacks a required scope"',
    },
    "INVALID_AUDIENCE": {
        "status": 401,
        "message": "the token was issued for another audience",
        "challenge": 'Bearer error="invalid_token", error_description="the token was issued for another audience"',
    },
    "INVALID_CLAIM": {
        "status": 401,
        "message": "a claim of the token has a value that is not allowed",
        "challenge": 'Bearer error="invalid_token", error_description="a claim of the token has a value that is not allowed"',
    },
    "INVALID_ISSUER": {
        "status": 401,
        "message": "the token comes from an issuer that is not trusted",
        "challenge": 'Bearer error="invalid_token", error_description="the token comes from an issuer that is not trusted"',
    },
    "INVALID_REQUEST": {
        "status": 400,
        "message": "the request carries unreadable or several credentials",
        "challenge": 'Bearer error="invalid_request", error_description="the request carries unreadable or several credentials"',
    },
    "INVALID_SIGNATURE": {
        "status": 401,
        "message": "the signature of the token does not hold",
        "challenge": 'Bearer error="invalid_token", error_description="the signature of the token does not hold"',
    },
    "JWKS_UNAVAILABLE": {
        "status": 503,
        "message": "the keys of the issuer are not available at present; try again later",
    },
    "MALFORMED": {
        "status": 401,
        "message": "the token is not a well-formed signed token",
        "challenge": 'Bearer error="invalid_token", error_description="the token is not a well-formed signed token"',
    },
    "MISSING_CLAIM": {
        "status": 401,
        "message": "the token lacks a required claim",
        "challenge": 'Bearer error="invalid_token", error_description="the token lacks a required claim"',
    },
    "NOT_ACTIVE": {
        "status": 401,
        "message": "the token is not valid yet",
        "challenge": 'Bearer error="invalid_token", error_description="the token is not valid yet"',
    },
    "NO_TOKEN": {
        "status": 401,
        "message": "the request carries no bearer token",
        "challenge": "Bearer",
    },
    "REVOKED": {
        "status": 401,
        "message": "the token has been revoked",
        "challenge": 'Bearer error="invalid_token", error_description="the token has been revoked"',
    },
    "TOKEN_TOO_LARGE": {
        "status": 401,
        "message": "the token is longer than 16384 bytes",
        "challenge": 'Bearer error="invalid_token", error_description="the token is longer than 16384 bytes"',
    },
    "TOKEN_TOO_OLD": {
        "status": 401,
        "message": "the token was issued too long ago",
        "challenge": 'Bearer error="invalid_token", error_description="the token was issued too long ago"',
    },
    "UNKNOWN": {
        "status": 401,
        "message": "the token was refused",
        "challenge": 'Bearer error="invalid_token", error_description="the token was refused"',
    },
    "UNKNOWN_KEY": {
        "status": 401,
        "message": "the token is signed with a key that its issuer does not publish",
        "challenge": 'Bearer error="invalid_token", error_description="the token is signed with a key that its issuer does not publish"',
    },
    "UNSUITABLE_KEY": {
        "status": 401,
        "message": "the key that the token names may not be used to verify it",
        "challenge": 'Bearer error="invalid_token", error_description="the key that the token names may not be used to verify it"',
    },
    "UNSUPPORTED_HEADER": {
        "status": 401,
        "message": "the header of the token asks for an extension that is not supported",
        "challenge": 'Bearer error="invalid_token", error_description="the header of the token asks for an extension that is not supported"',
    },
    "VERIFIER_UNAVAILABLE": {
        "status": 503,
        "message": "the token cannot be verified at present; try again later",
    },
    "WRONG_TOKEN_TYPE": {
        "status": 401,
        "message": "the token is of a type that is not accepted here",
        "challenge": 'Bearer error="invalid_token", error_description="the token is of a type that is not accepted here"',
    },
}

OPERATIONS = {
    "about": 0,
    "open": 1,
    "close": 2,
    "verify": 3,
    "explain": 4,
    "inspect": 5,
    "fetch": 6,
    "told": 7,
    "abandon": 8,
    "status": 9,
    "restore": 10,
    "contract": 11,
}

LIMITS = {
    "token_bytes": 16384,
    "key_set_bytes": 262144,
    "keys": 64,
    "key_candidates": 4,
    "json_depth": 32,
    "rsa_min_bits": 2048,
    "rsa_max_bits": 8192,
    "leeway": 300,
    "verifiers": 32,
    "fetch_wait": 3,
    "fetch_timeout": 5,
    "redirects": 0,
    "attempts": 4,
    "background_least": 1,
    "background_most": 3600,
    "head_bytes": 40,
}


class ContractOptions(TypedDict, total=False):
    """What one app may ask for beside its contract, or instead of what that says."""

    jwks_uri: Optional[str]
    keys: Optional[Mapping[str, Any]]
    types: Sequence[str]
    leeway: int
    max_age: int
    stale_cap: int
    required_claims: Sequence[str]
    claim_values: Mapping[str, Sequence[str]]
    required_scopes: Sequence[str]
    authorized_parties: Sequence[str]
    kinds: Sequence[str]
    machine_clients: Sequence[str]
    claims: Mapping[str, str]


class IssuerOptions(ContractOptions, total=False):
    """One entry of `issuers`. `issuer` and `audience` must be given; None is for legacy entries."""

    issuer: Union[str, Sequence[str], None]
    audience: Union[str, Sequence[str], None]
    mode: AuthMode
    secret: Union[bytes, str]
    algorithms: Sequence[str]
