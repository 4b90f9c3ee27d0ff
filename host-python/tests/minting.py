"""Signing keys and tokens for tests; `now` is always given, and no key is ever written down."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Optional

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa

NOW = 1_700_000_000
AUDIENCE = "fuzekeys-oidc-client"


def base64url(data: bytes) -> str:
    """Unpadded (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class SigningKey:
    """An RSA key pair with its id."""

    kid: str
    private: rsa.RSAPrivateKey

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as a JWK (RFC 7517)."""
        numbers = self.private.public_key().public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": base64url(numbers.n.to_bytes(size, "big")),
            "e": base64url(numbers.e.to_bytes(3, "big")),
        }

    def sign(self, claims: Mapping[str, Any], **header: Any) -> str:
        """An RS256 token; `header` members replace or extend the usual ones, None removes."""
        parts = _signing_input({"alg": "RS256", "typ": "JWT", "kid": self.kid, **header}, claims)
        signature = self.private.sign(parts.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{parts}.{base64url(signature)}"


@cache
def signing_key(kid: str) -> SigningKey:
    """One key per id and test run: making them is slow."""
    return SigningKey(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))


def key_set(*keys: SigningKey) -> dict[str, Any]:
    """A JWK Set."""
    return {"keys": [key.jwk for key in keys]}


def hs256(claims: Mapping[str, Any], secret: bytes) -> str:
    """A token signed with a shared secret, as the old sessions are."""
    parts = _signing_input({"alg": "HS256", "typ": "JWT"}, claims)
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(parts.encode())
    return f"{parts}.{base64url(mac.finalize())}"


def claims(issuer: str, now: float = NOW, **changes: Optional[Any]) -> dict[str, Any]:
    """The claims of a good access token; `changes` replace, None removes."""
    usual: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": "user-1",
        "iat": int(now),
        "exp": int(now) + 3600,
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def _signing_input(header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    present = {name: value for name, value in header.items() if value is not None}
    return ".".join(base64url(json.dumps(part).encode()) for part in (present, payload))
