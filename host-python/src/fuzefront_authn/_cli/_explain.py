"""`explain`: every check in order, with what was expected and found, and the clause for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from .._exchange import settled
from ._ask import Answer, ask_explain
from ._claims import is_moment_of, member_value
from ._ecmascript import stringify
from ._io import Io, Outcome, Paper
from ._moment import date
from ._options import Line
from ._paper import members_line, paint, safe, shown, wrap
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
_HOLDS = "── the signature holds: from here on, what is found is verified ──"
_OPEN = "── not verified: from here on, a pass says only what the token claims ──"


def explain(io: Io, line: Line) -> Outcome:
    """Runs the command."""
    policy = policy_of(io, line.given)
    token = token_of(io, line)
    values = "--values" in line.given
    answer = ask_explain(io, line.given, policy.text, token, values)
    return Outcome(
        exit_code(settled(answer.value["verdict"])),
        answer.text if values else _without_values(answer),
        lambda paper: _page(paper, answer, values),
        policy.warning,
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
    for index, step in enumerate(steps):
        rule = _rule_before(steps, index)
        lines += [] if rule is None else [f"{paint(paper, 'dim', rule)}\n"]
        lines.append(_step_line(paper, step, clauses, names))
    head = headline(paper, settled(answer.value["verdict"]))
    return f"{head}\n{''.join(lines)}\n{_legend(paper, steps, values, answer.failure)}"


def _rule_before(steps: Sequence[Step], index: int) -> Optional[str]:
    """Behind the signature, where it makes a difference."""
    if index == 0 or steps[index - 1]["step"] != "signature":
        return None
    if steps[index]["verified"]:
        return _HOLDS
    return _OPEN if any(step["status"] == "passed" for step in steps[index:]) else None


def _step_line(paper: Paper, step: Step, clauses: int, names: int) -> str:
    mark, style = _MARKS[step["status"]]
    margin = clauses + names + 6
    lines = wrap(_said(paper, step), 80 - margin)
    name = step["step"].replace("_", " ").ljust(names)
    head = f"{paint(paper, style, mark)} {step['clause'].ljust(clauses)}  {name}"
    rest = f"\n{' ' * margin}"
    return f"{head}  {rest.join(lines)}".rstrip(" ") + "\n"


def _said(paper: Paper, step: Step) -> str:
    failed = step["status"] == "failed"
    claim = step.get("claim", "")
    facts: list[str] = []
    if "found" in step:
        facts.append(("found " if failed else "") + _found_value(paper, claim, step["found"]))
    # What passed is told by what was found, if that is shown.
    if "expected" in step and (failed or "found" not in step):
        facts.append(f"expected {_expected_value(claim, step['expected'])}")
    named = (safe(claim) + (": " if facts else "")) if failed and claim else ""
    reason = safe(step.get("reason", "").replace("_", " "))
    parts = [step.get("code", ""), reason, named + ", ".join(facts)]
    return "; ".join(part for part in parts if part)


def _found_value(paper: Paper, claim: str, found: Any) -> str:
    if isinstance(found, dict):
        return members_line(found, shown)
    return member_value(paper, claim, found)


def _expected_value(claim: str, expected: Any) -> str:
    """A bound is an object of one member, such as `at_most`."""

    def bound(value: Any) -> str:
        return date(value) if is_moment_of(claim, value) else shown(value)

    return members_line(expected, bound) if isinstance(expected, dict) else shown(expected)


def _legend(paper: Paper, steps: Sequence[Step], values: bool, failure: Optional[str]) -> str:
    used = [status for status in _MARKS if any(step["status"] == status for step in steps)]
    lines = ["   ".join(f"{_MARKS[status][0]} {status.replace('_', ' ')}" for status in used)]
    if not values:
        lines.append("Values of claims are hidden; --values shows them.")
    if failure is not None:
        lines.append(f"No keys: {safe(failure)}")
    return "".join(f"{paint(paper, 'dim', line)}\n" for line in lines)
