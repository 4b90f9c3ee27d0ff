"""Members of a JSON object as they stand in its text.

What was parsed and written again might differ by a byte.
"""

from __future__ import annotations

import json

__all__ = ["members_of"]


def members_of(text: str) -> dict[str, str]:
    """Name → text of every member of the object in `text`, which must be sound."""
    members: dict[str, str] = {}
    at = text.index("{") + 1
    while at < len(text) and text[at] != "}":
        colon = _end_of_string(text, text.index('"', at))
        end = _end_of_value(text, colon + 1)
        members[json.loads(text[at:colon])] = text[colon + 1 : end]
        at = end + 1 if text[end] == "," else end
    return members


def _end_of_value(text: str, at: int) -> int:
    """The position behind the value at `at`: at the comma or brace of the object it stands in."""
    depth = 0
    while at < len(text):
        character = text[at]
        if character == '"':
            at = _end_of_string(text, at)
            continue
        if depth == 0 and character in ",}":
            break
        depth += (character in "{[") - (character in "}]")
        at += 1
    return at


def _end_of_string(text: str, at: int) -> int:
    """The position behind the string that begins at `at`."""
    at += 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at + 1
