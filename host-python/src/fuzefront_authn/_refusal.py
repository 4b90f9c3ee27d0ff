"""Why the module refused a document, in words for a log; the module itself says one word."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

__all__ = ["refusal"]

_MAX_SHOWN = 200


def refusal(reason: str, body: bytes, expected: Sequence[str]) -> str:
    """`expected` are the names of the entry: discovery is asked of the first.

    (OpenID Connect Discovery 1.0 §4.3)
    """
    if reason != "issuer_mismatch" or not expected:
        return reason
    wanted, found = expected[0], _issuer_in(body)
    if not isinstance(found, str):
        return f"{reason}: it names no issuer, the policy `{wanted}`"
    same = found.removesuffix("/") == wanted.removesuffix("/")
    slash = "; only the trailing slash differs" if same else ""
    return f"{reason}: it names `{_shown(found)}`, the policy `{wanted}`{slash}"


def _issuer_in(body: bytes) -> object:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document.get("issuer") if isinstance(document, dict) else None


def _shown(text: str) -> str:
    """What anybody may have written must not forge lines of a log, nor fill it."""
    return re.sub(r"[^\x20-\x7e]", "?", text[:_MAX_SHOWN])
