"""What `python -m fuzefront_authn` and `fuzefront-authn` start (docs/cli.md)."""

from __future__ import annotations

import os
import sys
import time
from typing import Callable, Optional, TextIO

from ._cli._io import Io
from ._cli._main import main


def run() -> int:
    """Hands the process to the command line; returns the exit code."""
    try:
        return main(
            Io(
                argv=[_text(argument) for argument in sys.argv[1:]],
                env={name: _text(value) for name, value in os.environ.items()},
                stdin=lambda: sys.stdin.buffer.read(),
                stdin_is_tty=_is_tty(sys.stdin, closed=True),
                stdout=_writer(sys.stdout),
                stderr=_writer(sys.stderr),
                is_tty=_is_tty(sys.stdout, closed=False),
                now=time.time,
                read_file=_read_file,
            )
        )
    except KeyboardInterrupt:
        return 130


def _read_file(path: str) -> bytes:
    # Named in UTF-8 too, whatever the locale says; on Windows names are text.
    with open(path if os.name == "nt" else path.encode(), "rb") as file:
        return file.read()


def _text(argument: str) -> str:
    """What is no UTF-8 is U+FFFD, as in a file."""
    return os.fsencode(argument).decode("utf-8", "replace")


def _is_tty(stream: Optional[TextIO], *, closed: bool) -> bool:
    """Python has None for a stream that was closed before it started."""
    return closed if stream is None else stream.isatty()


def _writer(stream: Optional[TextIO]) -> Callable[[str], None]:
    """Writes UTF-8 and line ends as they are, whatever the locale says."""

    def write(text: str) -> None:
        if stream is None:
            return
        try:
            stream.buffer.write(text.encode("utf-8", "replace"))
            stream.buffer.flush()
        except BrokenPipeError:
            # Whoever reads the output may stop early, as `head` does; nothing is flushed at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

    return write


if __name__ == "__main__":
    sys.exit(run())
