"""`contract check`: is a contract sound, and what is in it."""

from __future__ import annotations

from typing import Any

from ._ecmascript import parse, stringify
from ._io import BAD, GOOD, Io, Outcome, Paper, UsageError
from ._options import Line
from ._paper import paint, rows, safe, shown, table
from ._policy import contract_answer_of, refusal_of

__all__ = ["contract"]


def contract(io: Io, line: Line) -> Outcome:
    """Runs the command."""
    verb, *files = line.positionals or [""]
    if verb != "check":
        raise UsageError("contract needs `check`; give `contract check [FILE|family]`")
    if len(files) > 1:
        raise UsageError("contract check takes one file")
    if "--environment" in line.given and "--app" not in line.given:
        raise UsageError("--environment needs --app")
    text = contract_answer_of(io, "contract check", files[0] if files else "family", line.given)
    answer = parse(text)
    if "error" in answer:
        return Outcome(BAD, text, lambda paper: _refused_page(paper, text))
    return Outcome(GOOD, text, lambda paper: _page(paper, answer))


def _refused_page(paper: Paper, text: str) -> str:
    return f"{paint(paper, 'bad', 'REFUSED')}  {safe(refusal_of(text))}\n"


def _page(paper: Paper, answer: dict[str, Any]) -> str:
    found = answer["contract"]
    name = f"{safe(found['name'])} {safe(found['version'])}"
    named = {word: answer.get(word) for word in ("app", "environment")}
    about = rows(
        paper,
        [
            ("environments", shown(found["environments"])),
            *((word, None if value is None else safe(value)) for word, value in named.items()),
        ],
    )
    body = _policy(paper, answer["policy"]) if "policy" in answer else _apps(paper, found["apps"])
    return f"{paint(paper, 'good', 'SOUND')}  {name}\n\n{about}\n{body}"


def _apps(paper: Paper, apps: list[dict[str, Any]]) -> str:
    lines = [
        (
            safe(app["app"]),
            shown(app["audience"]) if app["audience"] else "not known yet",
            app["status"],
        )
        for app in apps
    ]
    return table(paper, [("app", "audience", "status"), *lines])


def _policy(paper: Paper, policy: dict[str, Any]) -> str:
    text = "\n  ".join(safe(line) for line in stringify(policy, 2).split("\n"))
    return f"{paint(paper, 'bold', 'policy')}\n{text}\n"
