"""Key sets: reading them (8.4), which keys are usable (8.5), and choosing one (8.6, 8.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Union

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from .answer import Refused
from .ed25519 import is_good_point
from .policy import ASYMMETRIC
from .strict import NotStrict, base64url, json_object

PublicKey = Union[rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey]

LARGEST_SET = 262144
MOST_ENTRIES = 64
LONGEST_KID = 128
MOST_CANDIDATES = 4
SOFT_AGE = 240.0
HARD_AGE_FACTOR = 1.25

CURVES: dict[str, tuple[ec.EllipticCurve, int]] = {
    "P-256": (ec.SECP256R1(), 32),
    "P-384": (ec.SECP384R1(), 48),
    "P-521": (ec.SECP521R1(), 66),
}
FITTING = {
    "RSA": {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"},
    "P-256": {"ES256"},
    "P-384": {"ES384"},
    "P-521": {"ES512"},
    "Ed25519": {"EdDSA"},
}


class KeySetRefused(ValueError):
    """The document is a failed fetch; the set in force stays as it is (8.4)."""


class Unusable(Exception):
    """The reason of the table in 8.5."""


@dataclass(frozen=True)
class Key:
    kid: str | None
    algorithms: frozenset[str]
    """Those of its kind, or the one it is bound to by its own `alg`."""
    public: PublicKey


@dataclass(frozen=True)
class KeySet:
    keys: tuple[Key, ...]
    passed_over: dict[str, str]
    """`kid` of the entries that cannot be used, and why; a `kid` that is too long names nothing."""
    fetched_at: float | None = None
    """None: the keys are fixed by the policy, and nothing is ever fetched (8.1)."""
    soft_age: float = SOFT_AGE

    def is_dead(self, now: float) -> bool:
        """At its hard age (8.8)."""
        return self.fetched_at is not None and now - self.fetched_at >= HARD_AGE_FACTOR * self.soft_age

    def proves(self, now: float, seconds: float) -> bool:
        """Whether a key that this set lacks does not exist (8.9)."""
        return self.fetched_at is None or now - self.fetched_at <= seconds

    def choose(self, alg: str, kid: str | None) -> list[PublicKey]:
        """The keys to try; none if the key is unknown (8.9)."""
        if kid is None:
            return self._choose_unnamed(alg)
        named = [key for key in self.keys if key.kid == kid]
        fitting = [key.public for key in named if alg in key.algorithms]
        if fitting:
            return fitting[:MOST_CANDIDATES]
        if named:
            raise Refused("UNSUITABLE_KEY", "alg_does_not_fit")
        if kid in self.passed_over:
            raise Refused("UNSUITABLE_KEY", self.passed_over[kid])
        return []

    def _choose_unnamed(self, alg: str) -> list[PublicKey]:
        fitting = [key.public for key in self.keys if alg in key.algorithms]
        if len(fitting) > 1:
            raise Refused("UNKNOWN_KEY", "no_kid_and_several_keys_fit")
        return fitting


def read_key_set(
    document: bytes, fetched_at: float | None = None, max_age: float | None = None
) -> KeySet:
    """Reads the body of a key set; `max_age` is that of `Cache-Control` less `Age` (8.8)."""
    if len(document) > LARGEST_SET:
        raise KeySetRefused("the key set is too large")
    try:
        entries = json_object(document).get("keys", [])
    except NotStrict as error:
        raise KeySetRefused(str(error)) from None
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise KeySetRefused("`keys` is not an array of at most 64 entries")
    keys: list[Key] = []
    passed_over: dict[str, str] = {}
    for entry in entries:
        try:
            keys.append(read_key(entry))
        except Unusable as reason:
            kid = entry.get("kid") if isinstance(entry, dict) else None
            if isinstance(kid, str) and not is_too_long(kid):
                passed_over.setdefault(kid, str(reason))
    soft_age = SOFT_AGE if max_age is None else min(max(max_age, 60), 3600)
    return KeySet(tuple(keys), passed_over, fetched_at, soft_age)


def is_too_long(kid: str) -> bool:
    return len(kid.encode("utf-8")) > LONGEST_KID


def read_key(entry: Any) -> Key:
    if not isinstance(entry, dict):
        raise Unusable("not_an_object")
    kid = _declarations(entry)
    alg = entry.get("alg")
    kind, public = _material(entry, _kty(entry))
    if alg is not None and alg not in FITTING[kind]:
        raise Unusable("alg_does_not_fit")
    return Key(kid, frozenset(FITTING[kind] if alg is None else {alg}), public)


def _declarations(entry: dict[str, Any]) -> str | None:
    """What the entry says of itself: `kid`, `use`, `key_ops` and `alg`."""
    if "kid" in entry and not isinstance(entry["kid"], str):
        raise Unusable("bad_member")
    kid: str | None = entry.get("kid")
    if kid is not None and is_too_long(kid):
        raise Unusable("kid_too_long")
    if entry.get("use", "sig") != "sig":
        raise Unusable("use_is_not_sig")
    ops = entry.get("key_ops", ["verify"])
    strings = isinstance(ops, list) and all(isinstance(op, str) for op in ops)
    if not strings or "verify" not in ops:
        raise Unusable("key_ops_without_verify")
    if "alg" in entry and not isinstance(entry["alg"], str):
        raise Unusable("bad_member")
    if "alg" in entry and entry["alg"] not in ASYMMETRIC:
        raise Unusable("unsupported_alg")
    return kid


def _kty(entry: dict[str, Any]) -> str:
    kty = _text(entry, "kty")
    if kty == "oct":
        raise Unusable("symmetric_key")
    if "d" in entry:
        raise Unusable("private_key")
    if kty not in ("RSA", "EC", "OKP"):
        raise Unusable("unsupported_kty")
    return kty


def _material(entry: dict[str, Any], kty: str) -> tuple[str, PublicKey]:
    if kty == "RSA":
        return "RSA", _rsa(_bytes(entry, "n"), _bytes(entry, "e"))
    crv = _text(entry, "crv")
    if crv not in (CURVES if kty == "EC" else ("Ed25519",)):
        raise Unusable("unsupported_crv")
    if kty == "EC":
        return crv, _ec(crv, _bytes(entry, "x"), _bytes(entry, "y"))
    point = _bytes(entry, "x")
    if not is_good_point(point):
        raise Unusable("okp_bad_key")
    return crv, ed25519.Ed25519PublicKey.from_public_bytes(point)


def _rsa(n: bytes, e: bytes) -> rsa.RSAPublicKey:
    modulus, exponent = int.from_bytes(n, "big"), int.from_bytes(e, "big")
    if n[:1] in (b"", b"\0"):
        raise Unusable("rsa_bad_modulus")
    if modulus.bit_length() < 2048:
        raise Unusable("rsa_too_small")
    if modulus.bit_length() > 8192:
        raise Unusable("rsa_too_large")
    if e[:1] in (b"", b"\0") or exponent % 2 == 0 or not 3 <= exponent < 2**33:
        raise Unusable("rsa_bad_exponent")
    if modulus % 2 == 0:
        raise Unusable("rsa_bad_modulus")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _ec(crv: str, x: bytes, y: bytes) -> ec.EllipticCurvePublicKey:
    curve, length = CURVES[crv]
    if len(x) != length or len(y) != length:
        raise Unusable("ec_bad_coordinate")
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), curve
    )
    try:
        return numbers.public_key()
    except ValueError:
        raise Unusable("ec_not_on_curve") from None


def _text(entry: dict[str, Any], name: str) -> str:
    if name not in entry:
        raise Unusable("missing_member")
    if not isinstance(entry[name], str):
        raise Unusable("bad_member")
    return str(entry[name])


def _bytes(entry: dict[str, Any], name: str) -> bytes:
    text = _text(entry, name)
    try:
        return base64url(text.encode("utf-8"))
    except NotStrict:
        raise Unusable("bad_member") from None
