"""An RS256 key and token from the standard library alone; for tests in empty environments."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 hash in an RSASSA-PKCS1-v1_5 signature (RFC 8017 §9.2)."""


class Key:
    """A fresh RSA key of 2048 bits."""

    def __init__(self) -> None:
        while True:
            p, q = _prime(), _prime()
            self.n = p * q
            if self.n.bit_length() == 2048 and (p - 1) % 65537 and (q - 1) % 65537:
                break
        self._d = pow(65537, -1, (p - 1) * (q - 1))

    def key_set(self) -> dict[str, Any]:
        n = base64url(self.n.to_bytes(256, "big"))
        return {"keys": [{"kty": "RSA", "use": "sig", "kid": "k", "n": n, "e": "AQAB"}]}

    def sign(self, claims: dict[str, Any]) -> str:
        header = {"alg": "RS256", "kid": "k"}
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        digest = DIGEST_INFO + hashlib.sha256(text.encode()).digest()
        block = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest
        signature = pow(int.from_bytes(block, "big"), self._d, self.n)
        return f"{text}.{base64url(signature.to_bytes(256, 'big'))}"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _prime() -> int:
    while True:
        candidate = secrets.randbits(1024) | 1 << 1023 | 1 << 1022 | 1
        if all(candidate % small for small in (3, 5, 7, 11, 13)) and _passes(candidate):
            return candidate


def _passes(candidate: int) -> bool:
    """Miller and Rabin's test."""
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(20):
        x = pow(secrets.randbelow(candidate - 3) + 2, odd, candidate)
        if x in (1, candidate - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % candidate
            if x == candidate - 1:
                break
        else:
            return False
    return True
