"""How answers are laid out for people: aligned rows, wrapped at 80 columns.

Colour and nothing else depends on the terminal. Everything from a token or a network goes through
`safe`: it must not steer the terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Callable, Optional

from ._ecmascript import stringify
from ._io import Paper

__all__ = ["Row", "members_line", "paint", "rows", "safe", "shown", "table", "wrap"]

_WIDTH = 80
_LEAST = 20

_CODES = {"good": "1;32", "bad": "1;31", "warn": "1;33", "bold": "1", "dim": "2"}

Row = tuple[str, Optional[str]]
"""A label and its value; None leaves the row out."""

_UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Controls, marks without width, changes of direction, halves of surrogate pairs."""


def paint(paper: Paper, style: str, text: str) -> str:
    """`text` in a style, where there is colour."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if paper.colour else text


def rows(paper: Paper, given: Sequence[Row], indent: int = 0, *, broken: bool = False) -> str:
    """Rows with their values under each other; `broken`: so are words longer than their line."""
    present = [(label, value) for label, value in given if value is not None]
    width = max((len(label) for label, _ in present), default=0)
    return "".join(
        _row(paper, label.ljust(width), value, indent, broken) for label, value in present
    )


def _row(paper: Paper, label: str, value: str, indent: int, broken: bool) -> str:
    margin = " " * indent
    rest = f"\n{margin}{' ' * (len(label) + 2)}"
    # Beside a very long label a few columns are left.
    width = max(_LEAST, _WIDTH - indent - len(label) - 2)
    text = _broken(value, width) if broken else value
    lines = [line for part in text.split("\n") for line in wrap(part, width)]
    return f"{margin}{paint(paper, 'dim', label)}  {rest.join(lines)}".rstrip(" ") + "\n"


def table(paper: Paper, given: Sequence[Sequence[str]]) -> str:
    """Columns under each other, two spaces apart. The first row is a heading."""
    widths = [max(len(cell) for cell in column) for column in zip(*given)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip(" ")
        for line in given
    ]
    return "".join(f"{line}\n" for line in [paint(paper, "dim", lines[0]), *lines[1:]])


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken at spaces; a longer word stays whole."""
    line, *words = text.rstrip(" ").split(" ")
    lines: list[str] = []
    for word in words:
        if len(line) + 1 + len(word) <= width:
            line += f" {word}"
        else:
            lines.append(line)
            line = word
    return [*lines, line]


def _broken(text: str, width: int) -> str:
    """Nothing is cut off: whoever looks at a token wants all of it."""

    def pieces(word: str) -> str:
        return "\n".join(word[start : start + width] for start in range(0, len(word), width))

    return " ".join(pieces(word) for word in text.split(" "))


def shown(value: Any) -> str:
    """A JSON value as people read it: strings bare, lists of strings with commas."""
    if isinstance(value, str):
        return safe(value) if value else '""'
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return ", ".join(shown(item) for item in value)
    return safe(stringify(value))


def members_line(members: Mapping[str, Any], value: Callable[[Any], str]) -> str:
    """The members of an object in one line, as `at most 5, state fresh`."""
    return ", ".join(
        f"{safe(name.replace('_', ' '))} {value(member)}" for name, member in members.items()
    )


def safe(text: str) -> str:
    """Text without what a terminal would obey, or show as if it were not there."""
    return "".join(
        f"\\u{{{ord(character):x}}}" if unicodedata.category(character) in _UNSAFE else character
        for character in text
    )
