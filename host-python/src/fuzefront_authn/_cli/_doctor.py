"""`doctor`: what is wrong between a policy, an issuer and perhaps a token, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from .._diagnosis import Case, Fetch, examine
from .._errors import MissingExtraError
from .._probe import fetch_all
from ._ecmascript import parse
from ._io import BAD, GOOD, Io, Outcome, Paper, UsageError, read_text
from ._options import Line, value_of
from ._paper import Row, paint, rows, safe, shown
from ._policy import optional_policy_of
from ._refusal import refused
from ._token import optional_token_of

__all__ = ["doctor"]

Finding = dict[str, Any]

_SEVERITIES = (("error", "ERROR", "bad"), ("warning", "WARNING", "warn"), ("info", "INFO", "bold"))

_HEALTHY = "healthy"


def doctor(io: Io, line: Line) -> Outcome:
    """Runs the command."""
    policy = optional_policy_of(io, line.given)
    case = _case(io, line, None if policy is None else policy.text)
    try:
        text = examine(case, None if "--offline" in line.given else _fetch(io)).decode()
    except MissingExtraError as error:
        raise UsageError(str(error)) from error
    answer = parse(text)
    if "error" in answer:
        raise refused(line.given, answer["error"], text)
    findings, wanted = answer["findings"], answer["wanted"]
    grave = any(finding["severity"] != "info" for finding in findings)
    return Outcome(
        BAD if grave else GOOD,
        text,
        lambda paper: _page(paper, findings, wanted),
        None if policy is None else policy.warning,
    )


def _case(io: Io, line: Line, policy: Optional[str]) -> Case:
    def read(option: str) -> Optional[str]:
        path = value_of(line.given, option)
        return None if path is None else read_text(io, option, path)

    patient = {
        "policy": policy,
        "token": optional_token_of(io, line),
        "discovery": read("--discovery"),
        "key_set": read("--key-set"),
        "page": value_of(line.given, "--page"),
    }
    if all(part is None for part in patient.values()):
        raise UsageError(
            "nothing to look at; give a policy, a token, --discovery, --key-set or --page"
        )
    return Case(now=io.now, **patient)


def _fetch(io: Io) -> Fetch:
    def fetch(wanted: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        return fetch_all(wanted, io.http_client)

    return fetch


def _page(paper: Paper, findings: Sequence[Finding], wanted: Sequence[Mapping[str, Any]]) -> str:
    told: set[str] = set()
    entries: list[str] = []
    for severity, word, style in _SEVERITIES:
        for finding in findings:
            if finding["severity"] == severity and finding["id"] != _HEALTHY:
                entries.append(_entry(paper, finding, word, style, finding["id"] in told))
                told.add(finding["id"])
    parts = [_summary(paper, findings), *entries, _unseen(paper, wanted)]
    return "\n".join(part for part in parts if part)


def _summary(paper: Paper, findings: Sequence[Finding]) -> str:
    severities = [finding["severity"] for finding in findings]
    errors, warnings = severities.count("error"), severities.count("warning")
    if errors + warnings > 0:
        counts = [_counted(errors, "error"), _counted(warnings, "warning")]
        heading = paint(paper, "bad" if errors else "warn", "FINDINGS")
        order = "; mend the first, and run the doctor again" if errors + warnings > 1 else ""
        return f"{heading}  {', '.join(part for part in counts if part)}{order}\n"
    for finding in findings:
        if finding["id"] == _HEALTHY:
            return f"{paint(paper, 'good', 'HEALTHY')}  {safe(finding['what'])}\n"
    heading = paint(paper, "bold", "NOTHING FOUND")
    return f"{heading}  no error and no warning, but not all was looked at\n"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""


def _entry(paper: Paper, finding: Finding, word: str, style: str, again: bool) -> str:
    """What is only worth knowing is told in short; docs/doctor.md and `--json` have the rest.

    Whoever has an outage reads the first lines: what to do comes before why. The same id has the
    same remedy.
    """
    subject = finding.get("subject")
    about = f"  {safe(subject)}" if subject else ""
    heading = f"{paint(paper, style, word)}  {paint(paper, 'bold', finding['id'])}{about}\n"
    info = finding["severity"] == "info"
    if info:
        return heading + rows(paper, [("what", safe(finding["what"]))], 2)
    names = ("what",) if again else ("what", "remedy", "why")
    facts = [(name, safe(finding[name])) for name in names]
    if again:
        facts.append(("remedy", "as above"))
    return heading + rows(paper, facts, 2) + _proof(paper, finding["evidence"])


def _proof(paper: Paper, evidence: Mapping[str, Any]) -> str:
    lines: list[Row] = [(safe(name), _proof_value(name, evidence[name])) for name in evidence]
    return f"  {paint(paper, 'dim', 'evidence')}\n{rows(paper, lines, 4)}" if lines else ""


def _proof_value(name: str, value: Any) -> str:
    """`shown` is a drawing: lines under each other, marking the first difference."""
    if name == "shown" and isinstance(value, list):
        return "\n".join(safe(str(line)) for line in value)
    return shown(value)


def _unseen(paper: Paper, wanted: Sequence[Mapping[str, Any]]) -> str:
    if not wanted:
        return ""
    table: list[Row] = [(one["what"].replace("_", " ", 1), safe(one["url"])) for one in wanted]
    return f"Not looked at\n{rows(paper, table, 2)}"
