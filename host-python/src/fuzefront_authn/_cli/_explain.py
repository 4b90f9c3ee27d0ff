"""`explain`: every check in order, with what was expected and found, and the clause for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from .._exchange import settled
from ._ask import Answer, ask_explain
from ._claims import member_value
from ._ecmascript import stringify
from ._io import Io, Outcome, Paper
from ._options import Line
from ._paper import paint, safe, wrap
from ._policy import policy_of
from ._raw import members_of
from ._token import token_of
from ._verify import exit_code, headline

__all__ = ["explain"]

Step = dict[str, Any]

_MARKS = {
    "passed": ("✓", "good"),
    "failed": ("✗", "bad"),
    "pending": ("…", "warn"),
    "not_checked": ("·", "dim"),
}
_RULE = "── the signature holds: from here on, what is found is verified ──"


def explain(io: Io, line: Line) -> Outcome:
    """Runs the command."""
    policy = policy_of(io, line.given)
    token = token_of(io, line)
    values = "--values" in line.given
    answer = ask_explain(io, line.given, policy, token, values)
    return Outcome(
        exit_code(settled(answer.value["verdict"])),
        answer.text if values else _without_values(answer),
        lambda paper: _page(paper, answer, values),
    )


def _without_values(answer: Answer) -> str:
    """The verdict of an accepted token holds its claims, that of another what was found in them."""
    final = settled(answer.value["verdict"])
    names = ("verdict",) if final["verdict"] == "accepted" else _SHORT
    short = stringify({name: final[name] for name in names})
    return f'{{"verdict":{short},"steps":{members_of(answer.text)["steps"]}}}'


_SHORT = ("verdict", "code", "status", "message")


def _page(paper: Paper, answer: Answer, values: bool) -> str:
    steps: list[Step] = answer.value["steps"]
    names = max(len(step["step"]) for step in steps)
    clauses = max(len(step["clause"]) for step in steps)
    lines: list[str] = []
    before: Optional[Step] = None
    for step in steps:
        if step["verified"] and before is not None and not before["verified"]:
            lines.append(f"{paint(paper, 'dim', _RULE)}\n")
        lines.append(_step_line(paper, step, clauses, names))
        before = step
    head = headline(paper, settled(answer.value["verdict"]))
    return f"{head}\n{''.join(lines)}\n{_legend(paper, steps, values, answer.failure)}"


def _step_line(paper: Paper, step: Step, clauses: int, names: int) -> str:
    mark, style = _MARKS[step["status"]]
    margin = clauses + names + 6
    lines = wrap(_said(paper, step), 80 - margin)
    head = (
        f"{paint(paper, style, mark)} {step['clause'].ljust(clauses)}  {step['step'].ljust(names)}"
    )
    rest = f"\n{' ' * margin}"
    return f"{head}  {rest.join(lines)}".rstrip(" ") + "\n"


def _said(paper: Paper, step: Step) -> str:
    status = step["status"]

    def value(member: str) -> str:
        return member_value(paper, step.get("claim", ""), step[member])

    parts = [step.get("code", ""), safe(step.get("reason", "").replace("_", " "))]
    if "claim" in step and status == "failed":
        parts.append(f"claim {safe(step['claim'])}")
    if "found" in step:
        parts.append(value("found") if status == "passed" else f"found {value('found')}")
    if "expected" in step and status == "failed":
        parts.append(f"expected {value('expected')}")
    return "; ".join(part for part in parts if part)


def _legend(paper: Paper, steps: Sequence[Step], values: bool, failure: Optional[str]) -> str:
    used = [status for status in _MARKS if any(step["status"] == status for step in steps)]
    lines = ["   ".join(f"{_MARKS[status][0]} {status.replace('_', ' ')}" for status in used)]
    if not any(step["verified"] for step in steps):
        lines.append("The signature was not verified: what passed is only what the token claims.")
    if not values:
        lines.append("Values of claims are hidden; --values shows them.")
    if failure is not None:
        lines.append(f"No keys: {safe(failure)}")
    return "".join(f"{paint(paper, 'dim', line)}\n" for line in lines)
