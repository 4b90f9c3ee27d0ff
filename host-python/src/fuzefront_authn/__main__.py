"""What `python -m fuzefront_authn` and `fuzefront-authn` start (docs/cli.md)."""

from __future__ import annotations

import os
import sys
import time
from typing import BinaryIO, Callable

from ._cli._io import Io
from ._cli._main import main


def run() -> int:
    """Hands the process to the command line; returns the exit code."""
    try:
        return main(
            Io(
                argv=[_text(argument) for argument in sys.argv[1:]],
                env={name: _text(value) for name, value in os.environ.items()},
                stdin=sys.stdin.buffer.read,
                stdin_is_tty=sys.stdin.isatty(),
                stdout=_writer(sys.stdout.buffer),
                stderr=_writer(sys.stderr.buffer),
                is_tty=sys.stdout.isatty(),
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


def _writer(stream: BinaryIO) -> Callable[[str], None]:
    """Writes UTF-8 and line ends as they are, whatever the locale says."""

    def write(text: str) -> None:
        try:
            stream.write(text.encode("utf-8", "replace"))
            stream.flush()
        except BrokenPipeError:
            # Whoever reads the output may stop early, as `head` does; nothing is flushed at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

    return write


if __name__ == "__main__":
    sys.exit(run())
