"""What of a command line may not be printed: a token may stand where something else belongs."""

from __future__ import annotations

import re

__all__ = ["is_token", "looks_like_token"]

# RFC 7515 §3.1: parts in base64url, the first of them a JSON object.
_HEADER = re.compile(r"(?:ey[AIJ]|ew[0ko])[-_A-Za-z0-9]{5,}\.")
_COMPACT = re.compile(r"[-_A-Za-z0-9]+(?:\.[-_A-Za-z0-9]*){2,}")
_WHOLE = re.compile(
    r"(?:bearer +)?(?:ey[AIJ]|ew[0ko])[-_A-Za-z0-9]{5,}(?:\.[-_A-Za-z0-9]*){2,}",
    re.IGNORECASE | re.ASCII,
)

_SHORT = 40
"""`three.short.parts` are a file's name, more often than not."""

_LONG = 200


def looks_like_token(name: str) -> bool:
    """Whether what should be a file's name is rather a token."""
    if len(name) > _LONG or _HEADER.search(name):
        return True
    return len(name) > _SHORT and _COMPACT.fullmatch(name) is not None


def is_token(value: str) -> bool:
    """Whether the value of an option is a token, and nothing else."""
    return _WHOLE.fullmatch(value) is not None
