"""The order of the checks (1.7): from the credentials of the request to the identity."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jwt

from .answer import Accepted, KeysNeeded, Refused, Rejected, Verdict
from .claims import judge_claims
from .ed25519 import is_good_point
from .keys import KeySet, PublicKey
from .policy import Entry
from .strict import NotStrict, base64url, json_object

LONGEST_TOKEN = 16384
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
BLANK = b" \t\n\f\r"


@dataclass(frozen=True)
class Parts:
    header: dict[str, Any]
    payload: dict[str, Any]
    signature: bytes


class _Fetch(Exception):
    """Only a fetch of the key set can decide."""


def validate_request(
    entries: Sequence[Entry],
    key_sets: Sequence[KeySet | None],
    authorization: Sequence[bytes],
    now: float,
    may_fetch: bool = True,
) -> Verdict:
    """Judges the `Authorization` headers of a request; see `validate`."""
    try:
        token = bearer_token(authorization)
    except Refused as refused:
        return refused.verdict
    return validate(entries, key_sets, token, now, may_fetch)


def validate(
    entries: Sequence[Entry],
    key_sets: Sequence[KeySet | None],
    token: bytes,
    now: float,
    may_fetch: bool = True,
) -> Verdict:
    """Judges a token.

    `key_sets` holds the set of each entry, in the order of the entries, or None where none was
    fetched yet. Without `may_fetch` (8.9, 8.10) the answer is never `KeysNeeded`.
    """
    index = -1
    try:
        parts = _read(token)
        index = _pick(entries, parts)
        _verify(entries[index], key_sets[index], token, parts, now, may_fetch)
        return Accepted(judge_claims(entries[index], parts.payload, now))
    except _Fetch:
        return KeysNeeded(index) if may_fetch else Rejected("JWKS_UNAVAILABLE")
    except Refused as refused:
        return refused.verdict


def bearer_token(authorization: Sequence[bytes]) -> bytes:
    """The one bearer token of a request (5.1)."""
    value = b", ".join(authorization).strip(BLANK)
    scheme, *rest = re.split(rb"[ \t]", value, maxsplit=1)
    if scheme.lower() != b"bearer":
        parts = value.lower().split(b",")
        if len(parts) > 1 and any(part.lstrip(BLANK).startswith(b"bearer") for part in parts):
            raise Refused("INVALID_REQUEST", "several_credentials")
        raise Refused("NO_TOKEN")
    token = b"".join(rest).strip(BLANK)
    if token == b"":
        raise Refused("INVALID_REQUEST", "no_credentials")
    if re.search(rb"[ \t,]", token):
        raise Refused("INVALID_REQUEST", "several_credentials")
    return token


def _read(token: bytes) -> Parts:
    """Steps 2 to 6, without any policy."""
    _classify(token)
    try:
        header, payload, signature = (base64url(part) for part in token.split(b"."))
        parts = Parts(json_object(header), json_object(payload), signature)
    except NotStrict as reason:
        raise Refused("MALFORMED", str(reason)) from None
    if "crit" in parts.header or "b64" in parts.header:
        raise Refused("UNSUPPORTED_HEADER")
    if "alg" not in parts.header:
        raise Refused("MALFORMED", "missing")
    for name in ("alg", "kid", "typ"):
        if not isinstance(parts.header.get(name, ""), str):
            raise Refused("MALFORMED", "not_a_string")
    return parts


def _classify(token: bytes) -> None:
    if token == b"":
        raise Refused("NO_TOKEN")
    if len(token) > LONGEST_TOKEN:
        raise Refused("TOKEN_TOO_LARGE")
    dots = token.count(b".")
    if dots == 4:
        raise Refused("ENCRYPTED_TOKEN")
    if dots != 2:
        json_form, opaque = token.startswith(b"{"), dots == 0
        other = "opaque_token" if opaque else "wrong_number_of_parts"
        raise Refused("MALFORMED", "json_serialization" if json_form else other)


def _pick(entries: Sequence[Entry], parts: Parts) -> int:
    """Steps 7 to 10: the entry whose rules hold, which takes this type and algorithm."""
    typ = parts.header.get("typ")
    if not any(entry.takes_type(typ) for entry in entries):
        raise Refused("WRONG_TOKEN_TYPE")
    events = parts.payload.get("events")
    if isinstance(events, dict) and LOGOUT in events:
        raise Refused("WRONG_TOKEN_TYPE", "logout_token")
    index = _issuer(entries, parts.payload)
    if not entries[index].takes_type(typ):
        raise Refused("WRONG_TOKEN_TYPE")
    if parts.header["alg"] not in entries[index].allowed_algorithms:
        raise Refused("ALGORITHM_NOT_ALLOWED")
    return index


def _issuer(entries: Sequence[Entry], payload: dict[str, Any]) -> int:
    absent = "iss" not in payload
    for index, entry in enumerate(entries):
        if (absent and not entry.issuers) or payload.get("iss") in entry.issuers:
            return index
    raise Refused("MISSING_CLAIM" if absent else "INVALID_ISSUER")


def _verify(
    entry: Entry,
    key_set: KeySet | None,
    token: bytes,
    parts: Parts,
    now: float,
    may_fetch: bool,
) -> None:
    """Steps 11 and 12."""
    keys: Sequence[PublicKey | bytes]
    alg = parts.header["alg"]
    if entry.secret is not None:
        keys = [entry.secret]
    else:
        if key_set is None or key_set.is_dead(now):
            raise _Fetch
        keys = key_set.choose(alg, parts.header.get("kid"))
        if not keys:
            if key_set.proves(now, 2 if may_fetch else 30):
                raise Refused("UNKNOWN_KEY")
            raise _Fetch
    if not any(_holds(token, parts.signature, alg, key) for key in keys):
        raise Refused("INVALID_SIGNATURE")


def _holds(token: bytes, signature: bytes, alg: str, key: PublicKey | bytes) -> bool:
    # 4.4: OpenSSL takes an `R` of low order.
    if alg == "EdDSA" and not is_good_point(signature[:32]):
        return False
    try:
        jwt.PyJWS().decode_complete(token, key, algorithms=[alg])
    except jwt.InvalidTokenError:
        return False
    return True
