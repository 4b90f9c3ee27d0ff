"""The command line: reads it, does what it says, prints. All the world it sees is `io`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Callable, Optional

from ._io import GOOD, UNKNOWN, USAGE, Io, Outcome, Paper, UsageError
from ._options import Given, Line, line_of, seconds_of
from ._paper import paint, safe, wrap

__all__ = ["main"]

_INFORMATION = ("--help", "-h", "--version")


def main(io: Io) -> int:
    """Runs one command line; returns the exit code."""
    options = _before_end(io.argv)
    asked = next((argument for argument in options if argument in _INFORMATION), None)
    if asked is not None:
        from ._help import HELP, version_line

        io.stdout(version_line() if asked == "--version" else HELP)
        return GOOD
    try:
        return _run(io)
    except UsageError as error:
        if "--json" in options and error.json is not None:
            io.stdout(f"{error.json}\n")
        io.stderr(f"authn: {safe(str(error))}\n")
        return USAGE
    except Exception as error:
        # Nothing is known about the token then, whatever it was.
        io.stderr(f"authn: no verdict: {safe(str(error))}\n")
        return UNKNOWN


def _before_end(argv: Sequence[str]) -> Sequence[str]:
    return argv[: argv.index("--")] if "--" in argv else argv


def _run(io: Io) -> int:
    line = line_of(io.argv)
    now = seconds_of(line.given, "--now")
    timed = io if now is None else replace(io, now=lambda: float(now))
    outcome = _command(line.command)(timed, line)
    if "--json" in line.given:
        io.stdout(f"{outcome.json}\n")
    else:
        paper = Paper(_coloured(io, line.given), timed.now())
        io.stdout(outcome.page(paper) + _warned(paper, outcome.warning))
    return outcome.code


def _warned(paper: Paper, warning: Optional[str]) -> str:
    if warning is None:
        return ""
    lines = f"\n{' ' * 9}".join(wrap(safe(warning), 71))
    return f"\n{paint(paper, 'warn', 'warning')}  {lines}\n"


def _command(name: str) -> Callable[[Io, Line], Outcome]:
    """One of `COMMANDS`, imported when it is run: none waits for what another needs."""
    module = importlib.import_module(f"._{name}", __package__)
    command: Callable[[Io, Line], Outcome] = getattr(module, name)
    return command


def _coloured(io: Io, given: Given) -> bool:
    """https://no-color.org: set and not empty."""
    if not io.is_tty or "--no-color" in given or io.env.get("NO_COLOR"):
        return False
    return io.env.get("TERM") != "dumb"
