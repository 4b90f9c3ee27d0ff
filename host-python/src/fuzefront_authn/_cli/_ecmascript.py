"""JSON as ECMAScript reads and writes it (ECMA-262 §25.5), so that both command lines print alike.

Numbers are doubles, names that are array indices come first, and text is left as it is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["number_text", "parse", "stringify"]


def parse(text: str) -> Any:
    """`JSON.parse` of sound JSON; every number is a float."""
    return json.loads(text, parse_int=float, parse_float=float, object_pairs_hook=_ordered)


def stringify(value: Any, indent: int = 0) -> str:
    """`JSON.stringify`, of what `parse` gives."""
    return _text(value, " " * indent, "")


def number_text(value: float) -> str:
    """`Number::toString` (ECMA-262 §6.1.6.1.20)."""
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = whole + ("" if fraction == "0" else fraction)
    point -= len(digits) - len(digits.lstrip("0"))
    digits = digits.lstrip("0").rstrip("0")
    return sign + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    """`digits`, the decimal point before the one of index `point`."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    exponent = point - 1
    head = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{head}e{'+' if exponent > 0 else '-'}{abs(exponent)}"


def _ordered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The order of `OrdinaryOwnPropertyKeys` (ECMA-262 §10.1.11)."""
    members = dict(pairs)
    indices = sorted((name for name in members if _is_index(name)), key=int)
    return {name: members[name] for name in (*indices, *members)} if indices else members


def _is_index(name: str) -> bool:
    return re.fullmatch(r"0|[1-9][0-9]{0,9}", name) is not None and int(name) < 2**32 - 1


def _text(value: Any, indent: str, margin: str) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return number_text(value) if math.isfinite(value) else "null"
    if isinstance(value, str):
        return _quoted(value)
    deeper = margin + indent
    if isinstance(value, Mapping):
        colon = ": " if indent else ":"
        items = [
            f"{_quoted(name)}{colon}{_text(item, indent, deeper)}" for name, item in value.items()
        ]
        return _bracketed("{}", items, indent, margin)
    return _bracketed("[]", [_text(item, indent, deeper) for item in value], indent, margin)


def _bracketed(brackets: str, items: list[str], indent: str, margin: str) -> str:
    opening, closing = brackets[0], brackets[1]
    if not items or not indent:
        return f"{opening}{','.join(items)}{closing}"
    inner = f",\n{margin}{indent}".join(items)
    return f"{opening}\n{margin}{indent}{inner}\n{margin}{closing}"


def _quoted(text: str) -> str:
    """Halves of surrogate pairs are escaped (ECMA-262 §25.5.2.3)."""
    written = json.dumps(text, ensure_ascii=False)
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half.group()):04x}", written)
