"""`contract check`: is a contract sound, and what is in it."""

from __future__ import annotations

from typing import Any

from ._ecmascript import parse
from ._io import BAD, GOOD, Io, Outcome, Paper, UsageError
from ._options import Line
from ._paper import Row, members_line, paint, rows, safe, shown, table, wrap
from ._policy import contract_answer_of
from ._refusal import refusal_line

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
        return Outcome(BAD, text, lambda paper: _refused_page(paper, answer["error"]))
    return Outcome(GOOD, text, lambda paper: _page(paper, answer), answer.get("warning"))


def _refused_page(paper: Paper, refusal: dict[str, Any]) -> str:
    lines = wrap(safe(refusal_line(refusal)), 80)
    return "\n".join([paint(paper, "bad", "REFUSED"), *lines, ""])


def _page(paper: Paper, answer: dict[str, Any]) -> str:
    found = answer["contract"]
    heading = f"{paint(paper, 'good', 'SOUND')}  {safe(found['name'])} {safe(found['version'])}\n"
    body = _one_policy if "policy" in answer else _overview
    return f"{heading}\n{body(paper, answer)}"


def _overview(paper: Paper, answer: dict[str, Any]) -> str:
    apps = answer["contract"]["apps"]
    audiences = [shown(app["audience"]) if app["audience"] else "not known yet" for app in apps]
    lines = [(safe(app["app"]), aud, app["status"]) for app, aud in zip(apps, audiences)]
    about = rows(paper, [("environments", shown(answer["contract"]["environments"]))])
    return f"{about}\n{table(paper, [('app', 'audience', 'status'), *lines])}"


def _one_policy(paper: Paper, answer: dict[str, Any]) -> str:
    asked: list[Row] = [(word, shown(answer[word])) for word in ("app", "environment")]
    hosts = answer["policy"].get("insecure_hosts")
    asked.append(("insecure hosts", shown(hosts) if hosts else None))
    entries = [rows(paper, _entry_rows(entry)) for entry in answer["policy"]["issuers"]]
    return "\n".join([rows(paper, asked), *entries])


def _entry_rows(entry: dict[str, Any]) -> list[Row]:
    return [(safe(name).replace("_", " "), _entry_value(value)) for name, value in entry.items()]


def _entry_value(value: Any) -> str:
    return members_line(value, shown) if isinstance(value, dict) else shown(value)
