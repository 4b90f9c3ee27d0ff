"""Which options there are, which commands take them, and how a command line is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Optional

from ._io import UsageError
from ._secrecy import is_token

__all__ = ["COMMANDS", "Given", "Line", "line_of", "refuse_more", "seconds_of", "value_of"]

COMMANDS = ("verify", "explain", "inspect", "doctor", "contract", "digest")

Given = Mapping[str, Sequence[str]]
"""What was given: every value of every option; a flag has the value `""`."""


@dataclass(frozen=True)
class Line:
    """A command line, read."""

    command: str
    positionals: Sequence[str]
    given: Given


class _Rule(NamedTuple):
    takes: Literal["flag", "value", "values"]
    of: Sequence[str]


_JUDGING = ("verify", "explain", "doctor")

_OPTIONS = {
    "--issuer": _Rule("values", _JUDGING),
    "--audience": _Rule("values", _JUDGING),
    "--jwks-uri": _Rule("value", _JUDGING),
    "--keys": _Rule("value", _JUDGING),
    "--algorithms": _Rule("value", _JUDGING),
    "--leeway": _Rule("value", _JUDGING),
    "--policy": _Rule("value", _JUDGING),
    "--contract": _Rule("value", _JUDGING),
    "--app": _Rule("value", (*_JUDGING, "contract")),
    "--environment": _Rule("value", (*_JUDGING, "contract")),
    "--token-file": _Rule("value", (*_JUDGING, "inspect")),
    "--values": _Rule("flag", ("explain",)),
    "--discovery": _Rule("value", ("doctor",)),
    "--key-set": _Rule("value", ("doctor",)),
    "--page": _Rule("value", ("doctor",)),
    "--offline": _Rule("flag", ("doctor",)),
    "--now": _Rule("value", COMMANDS),
    "--json": _Rule("flag", COMMANDS),
    "--no-color": _Rule("flag", COMMANDS),
}


_OF_FILES = ("--keys", "--policy", "--contract", "--token-file", "--discovery", "--key-set")


def line_of(argv: Sequence[str]) -> Line:
    """Reads a command line. Raises UsageError."""
    given, positionals = _separated(argv)
    listed = ", ".join(COMMANDS)
    if not positionals:
        raise UsageError(f"a command is missing; give one of {listed}")
    command, *rest = positionals
    if command not in COMMANDS:
        raise UsageError(f"{_named_command(command)} is no command; give one of {listed}")
    for option in given:
        of = _OPTIONS[option].of
        if command not in of:
            raise UsageError(f"{option} is not for {command}; it is for {', '.join(of)}")
    return Line(command, rest, given)


def _separated(argv: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    given: dict[str, list[str]] = {}
    positionals: list[str] = []
    arguments = list(argv)
    while arguments:
        argument = arguments.pop(0)
        if argument == "--":
            return given, [*positionals, *arguments]
        if not argument.startswith("-") or argument == "-":
            positionals.append(argument)
            continue
        option, value = _option_of(argument, arguments[0] if arguments else None)
        if _OPTIONS[option].takes != "flag" and "=" not in argument:
            arguments.pop(0)
        if option in given and _OPTIONS[option].takes != "values":
            raise UsageError(f"{option} is given twice; give it once")
        given.setdefault(option, []).append(value)
    return given, positionals


def _option_of(argument: str, following: Optional[str]) -> tuple[str, str]:
    option, equals, rest = argument.partition("=")
    if option not in _OPTIONS:
        raise UsageError(f"{_named(option)} is no option; see `authn --help`")
    if _OPTIONS[option].takes == "flag":
        if equals:
            raise UsageError(f"{option} takes no value; leave out what follows it")
        return option, ""
    value = rest if equals else following
    if not value:
        raise UsageError(f"{option} needs a value; see `authn --help`")
    # What reads a file says so itself, and the file may bear such a name.
    if option not in _OF_FILES and is_token(value):
        raise UsageError(f"the value of {option} looks like a token; see `authn --help`")
    return option, value


def _named(option: str) -> str:
    """An unknown option may be a token with a slip before it: little of it is shown."""
    return option if re.fullmatch(r"-[-a-zA-Z]{1,30}", option) else "what begins with `-`"


def _named_command(command: str) -> str:
    """A token may stand where the command was forgotten."""
    return f"`{command}`" if re.fullmatch(r"[a-zA-Z]{1,20}", command) else "the first argument"


def value_of(given: Given, option: str) -> Optional[str]:
    """The value of an option that is given once."""
    return given[option][0] if option in given else None


def seconds_of(given: Given, option: str) -> Optional[int]:
    """A number of seconds. Raises UsageError."""
    value = value_of(given, option)
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,12}", value):
        return int(value)
    raise UsageError(f"{option} is not a whole number of seconds")


def refuse_more(line: Line, most: int) -> None:
    """Raises UsageError if more arguments were given than the command takes."""
    if len(line.positionals) > most:
        raise UsageError(f"{line.command} takes {'one argument' if most else 'no argument'}")
