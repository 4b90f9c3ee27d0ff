"""Base64url (5.3) and JSON (5.4) in the one form that every parser reads alike."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any, NoReturn

DEEPEST = 32
LETTERS = re.compile(rb"[A-Za-z0-9_-]*")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


class NotStrict(ValueError):
    """Carries the reason of the table in 5.4, or `not_base64url`."""


def base64url(part: bytes) -> bytes:
    if not LETTERS.fullmatch(part) or len(part) % 4 == 1:
        raise NotStrict("not_base64url")
    decoded = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part:
        raise NotStrict("not_base64url")
    return decoded


def json_object(document: bytes) -> dict[str, Any]:
    if document.startswith(b"\xef\xbb\xbf"):
        raise NotStrict("byte_order_mark")
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError:
        raise NotStrict("invalid_utf8") from None
    _not_too_deep(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except NotStrict:
        raise
    except ValueError:
        raise NotStrict("not_json") from None
    _no_lone_surrogate(value)
    if not isinstance(value, dict):
        raise NotStrict("not_an_object")
    return value


def _not_too_deep(text: str) -> None:
    """Before parsing, since Python's parser recurses."""
    depth = 0
    for found in STRING_OR_BRACKET.finditer(text):
        first = found.group()[0]
        if first in "[{":
            depth += 1
        elif first in "]}":
            depth -= 1
        if depth > DEEPEST:
            raise NotStrict("too_deep")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrict("duplicate_name")
    return members


def _no_constant(name: str) -> NoReturn:
    """Python takes `NaN`, `Infinity` and `-Infinity` for numbers."""
    raise NotStrict("not_json")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotStrict("number_out_of_range")
    return number


def _whole(text: str) -> int:
    _finite(text)
    return int(text)


def _no_lone_surrogate(value: Any) -> None:
    """Python joins escaped pairs and keeps what is left alone."""
    if isinstance(value, str):
        if LONE_SURROGATE.search(value):
            raise NotStrict("lone_surrogate")
    elif isinstance(value, dict):
        for name, member in value.items():
            _no_lone_surrogate(name)
            _no_lone_surrogate(member)
    elif isinstance(value, list):
        for member in value:
            _no_lone_surrogate(member)
