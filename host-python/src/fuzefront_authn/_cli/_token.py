"""Where the token comes from. It is never printed."""

from __future__ import annotations

import re
from typing import Optional

from ._io import Io, UsageError, decoded, read_text
from ._options import Line, refuse_more, value_of

__all__ = ["optional_token_of", "token_of"]


def token_of(io: Io, line: Line) -> str:
    """The token to look at. Raises UsageError if there is none."""
    token = _given_token(io, line)
    if token is None and not io.stdin_is_tty:
        token = decoded(io.stdin())
    if token is None:
        raise UsageError(
            "a token is missing; give it as argument, with --token-file, in AUTHN_TOKEN"
            " or on standard input"
        )
    return _bare(token)


def optional_token_of(io: Io, line: Line) -> Optional[str]:
    """The token, where one was given."""
    token = _given_token(io, line)
    return None if token is None else _bare(token)


def _given_token(io: Io, line: Line) -> Optional[str]:
    refuse_more(line, 1)
    argument = line.positionals[0] if line.positionals else None
    file = value_of(line.given, "--token-file")
    if argument is not None and file is not None:
        raise UsageError("--token-file and a token as argument are both given; give one")
    if file is not None:
        return read_text(io, "--token-file", file)
    if argument == "-":
        return decoded(io.stdin())
    return io.env.get("AUTHN_TOKEN") if argument is None else argument


def _bare(text: str) -> str:
    """What people paste: with a line end, or with the scheme of the header before it."""
    return re.sub(r"\Abearer +", "", text.strip(" \t\r\n"), flags=re.IGNORECASE | re.ASCII)
