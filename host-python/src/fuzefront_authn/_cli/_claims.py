"""Members of a header or payload as rows, in the order they came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._ecmascript import number_text
from ._io import Paper
from ._moment import moment
from ._paper import Row, safe, shown

__all__ = ["is_moment_of", "member_rows", "member_value"]

_MOMENTS = ("auth_time", "exp", "iat", "nbf", "updated_at")
"""NumericDates of RFC 7519 and OpenID Connect Core."""


def member_rows(paper: Paper, members: Mapping[str, Any]) -> list[Row]:
    """A row for each member."""
    return [(safe(name), member_value(paper, name, value)) for name, value in members.items()]


def member_value(paper: Paper, name: str, value: Any) -> str:
    """What stands in a claim; times with their date."""
    if not is_moment_of(name, value):
        return shown(value)
    number, said = number_text(value), moment(value, paper.now)
    return number if said == number else f"{number} ({said})"


def is_moment_of(claim: str, value: Any) -> bool:
    """Whether a claim holds a moment."""
    return isinstance(value, float) and claim in _MOMENTS
