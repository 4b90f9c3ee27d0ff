"""All that the command line touches outside itself, injected: tests run it in their own process."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional

from ._secrecy import looks_like_token

if TYPE_CHECKING:
    import httpx

__all__ = [
    "BAD",
    "GOOD",
    "UNKNOWN",
    "USAGE",
    "Io",
    "Outcome",
    "Paper",
    "UsageError",
    "decoded",
    "read_json",
    "read_text",
]

GOOD, BAD, USAGE, UNKNOWN = 0, 1, 2, 3
"""The exit codes (docs/cli.md)."""


@dataclass(frozen=True)
class Io:
    """The world. `argv` is without the interpreter and the module; `now` is in epoch seconds."""

    argv: Sequence[str]
    env: Mapping[str, str]
    stdin: Callable[[], bytes]
    stdin_is_tty: bool
    stdout: Callable[[str], object]
    stderr: Callable[[str], object]
    is_tty: bool
    now: Callable[[], float]
    read_file: Callable[[str], bytes]
    http_client: Optional[httpx.Client] = None


@dataclass(frozen=True)
class Paper:
    """How people's output is styled."""

    colour: bool
    now: float


@dataclass(frozen=True)
class Outcome:
    """What came of a command: its exit code, the line for `--json`, and what people read.

    `warning` is what the contract warns of; people read it below the page.
    """

    code: int
    json: str
    page: Callable[[Paper], str]
    warning: Optional[str] = None


class UsageError(Exception):
    """A mistake in how the command was called; `json` is the module's refusal, if it refused."""

    def __init__(self, message: str, json: Optional[str] = None) -> None:
        super().__init__(message)
        self.json = json


def read_text(io: Io, option: str, path: str) -> str:
    """The text of a file. Raises UsageError naming the option that asked for it."""
    try:
        return decoded(io.read_file(path))
    except (OSError, ValueError) as error:
        if looks_like_token(path):
            raise UsageError(_token_for(option)) from None
        number = error.errno if isinstance(error, OSError) else None
        code = errno.errorcode.get(number or 0, "it failed")
        raise UsageError(f"{option}: cannot read `{path}`: {code}") from error


def _token_for(option: str) -> str:
    """A token given where a file belongs must not reach a terminal or a log."""
    value = f"the {'value' if option.startswith('-') else 'argument'} of {option}"
    own = option == "--token-file"
    instead = "the token as argument, or by standard input" if own else "the name of a file"
    return f"{value} looks like a token, not a file; give {instead}"


def read_json(io: Io, option: str, path: str) -> str:
    """The text of a JSON file, as it stands. Raises UsageError if it is none.

    What is too deep, the module refuses.
    """
    text = read_text(io, option, path)
    if _is_deep(text):
        return text
    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant)
    except ValueError as error:
        raise UsageError(f"{option}: `{path}` is not JSON") from error
    return text


def decoded(data: bytes) -> str:
    """UTF-8 as the Encoding Standard decodes it: U+FFFD for what is none, no byte order mark."""
    text = data.decode("utf-8", "replace")
    return text[1:] if text.startswith("\ufeff") else text


_DEEP = 200
"""Deeper than the module reads, and less deep than what the parser of either host can bear."""


def _is_deep(text: str) -> bool:
    depth = 0
    for found in re.finditer(r'"(?:[^"\\]|\\[\s\S])*"|[\[\]{}]', text):
        part = found.group()
        if part in ("[", "{"):
            depth += 1
        elif part in ("]", "}"):
            depth -= 1
        if depth > _DEEP:
            return True
    return False


def _no_constant(name: str) -> None:
    raise ValueError(f"`{name}` is not JSON")  # RFC 8259 §6
