"""The head of a call of the module, and its operations and flags (docs/abi.md)."""

from __future__ import annotations

import struct

from ._generated import ABI, LIMITS, OPERATIONS

__all__ = [
    "ABANDON",
    "ABI",
    "ABOUT",
    "AUTHORIZATION",
    "CAN_LOCK",
    "CONTRACT",
    "EVENTS",
    "EXPLAIN",
    "FETCH",
    "HAS_STORE",
    "INSPECT",
    "LAST_ATTEMPT",
    "OPEN",
    "RESTORE",
    "STATUS",
    "TOLD",
    "VALUES",
    "VERIFY",
    "head",
]

ABOUT = OPERATIONS["about"]
OPEN = OPERATIONS["open"]
VERIFY = OPERATIONS["verify"]
EXPLAIN = OPERATIONS["explain"]
INSPECT = OPERATIONS["inspect"]
FETCH = OPERATIONS["fetch"]
TOLD = OPERATIONS["told"]
ABANDON = OPERATIONS["abandon"]
STATUS = OPERATIONS["status"]
RESTORE = OPERATIONS["restore"]
CONTRACT = OPERATIONS["contract"]

EVENTS = 1
"""Of `open`: answers carry events."""
AUTHORIZATION = 1
"""Of `verify` and `explain`: the payload is the value of an `Authorization` header."""
VALUES = 2
"""Of `explain`: the values of claims are shown."""
HAS_STORE, CAN_LOCK = 1, 2
"""Of `fetch`."""

LAST_ATTEMPT = LIMITS["attempts"] - 1
"""The attempt of `verify` whose answer never asks for keys."""

_HEAD = struct.Struct("<IIIIddII")


def head(
    operation: int,
    verifier: int,
    issuer: int,
    flags: int,
    now: float,
    jitter: float,
    attempt: int,
    length: int,
) -> bytes:
    """The 40 bytes in front of a payload of `length` bytes."""
    return _HEAD.pack(operation, verifier, issuer, flags, now, jitter, attempt, length)
