"""A policy or contract that the module refuses, in the words of the command line.

It names the option that is to blame.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ._io import UsageError
from ._options import Given

__all__ = ["refusal_line", "refused"]


def refused(given: Given, refusal: Mapping[str, Any], text: str) -> UsageError:
    """What to raise; `text` is the module's answer as it came."""
    return UsageError(f"{_blamed(given, refusal.get('path') or '')}{refusal['message']}", text)


def _blamed(given: Given, path: str) -> str:
    found = re.match(r"/(issuers/0/|options/)?([a-z_]+)", path)
    entry, name = found.groups() if found else (None, "")
    option = f"--{name.replace('_', '-')}"
    # `--app` and `--environment` may be to blame for being left out.
    asked = path in ("/app", "/environment") if entry is None else option in given
    if asked and "--policy" not in given:
        return f"{option} "
    named = [option for option in ("--policy", "--contract") if option in given]
    source = named[0] if named else "the policy"
    return f"{source}: `{path}` " if path else f"{source}: "


def refusal_line(refusal: Mapping[str, Any]) -> str:
    """One line on a refusal."""
    path, message = refusal.get("path"), refusal["message"]
    return f"`{path}` {message}" if path else str(message)
