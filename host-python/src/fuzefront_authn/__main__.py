"""What `python -m fuzefront_authn` and `fuzefront-authn` start (docs/cli.md)."""

from __future__ import annotations

import os
import sys
from typing import Optional, TextIO

from . import _tools
from ._errors import AuthnError


def run() -> int:
    """Hands the process to the command line; returns the exit code."""
    variables = ("AUTHN_TOKEN", "NO_COLOR", "TERM")
    message = {
        "arguments": [_text(argument) for argument in sys.argv[1:]],
        "environment": {name: _text(os.environ[name]) for name in variables if name in os.environ},
        "terminal": {"stdin": _is_tty(sys.stdin, closed=True), "stdout": _is_tty(sys.stdout)},
    }
    try:
        done = _tools.run(message)
    except KeyboardInterrupt:
        return 130
    except AuthnError as error:
        _write(sys.stderr, f"authn: {error}\n")
        return 2
    _write(sys.stdout, done["stdout"])
    _write(sys.stderr, done["stderr"])
    return int(done["code"])


def _text(argument: str) -> str:
    """What is not UTF-8 is U+FFFD, as in a file."""
    return os.fsencode(argument).decode("utf-8", "replace")


def _is_tty(stream: Optional[TextIO], *, closed: bool = False) -> bool:
    """Python has None for a stream that was closed before it started."""
    return closed if stream is None else stream.isatty()


def _write(stream: Optional[TextIO], text: str) -> None:
    """Writes UTF-8 and line ends as they are, whatever the locale says."""
    if stream is None:
        return
    try:
        stream.buffer.write(text.encode("utf-8", "replace"))
        stream.buffer.flush()
    except BrokenPipeError:
        # The reader may stop early, as `head` does; nothing is flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(run())
