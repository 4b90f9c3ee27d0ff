"""`verify`: is the token accepted, and for whom does it speak."""

from __future__ import annotations

from typing import Any, Optional

from .._exchange import settled
from ._ask import ask_verify
from ._claims import member_value
from ._ecmascript import number_text
from ._io import BAD, GOOD, UNKNOWN, Io, Outcome, Paper
from ._moment import date, moment
from ._options import Line
from ._paper import Row, paint, rows, safe, shown
from ._policy import policy_of
from ._raw import members_of
from ._token import token_of

__all__ = ["exit_code", "headline", "verify"]


def verify(io: Io, line: Line) -> Outcome:
    """Runs the command."""
    policy = policy_of(io, line.given)
    answer = ask_verify(io, line.given, policy.text, token_of(io, line))
    final = settled(answer.value)

    def page(paper: Paper) -> str:
        if final["verdict"] == "accepted":
            return _accepted_page(paper, final)
        return _rejected_page(paper, final, answer.failure)

    text = answer.text
    if answer.value["verdict"] == "keys_needed":
        text = members_of(text)["otherwise"]
    return Outcome(exit_code(final), text, page, policy.warning)


def exit_code(verdict: dict[str, Any]) -> int:
    """`UNKNOWN` says that nothing is known about the token."""
    if verdict["verdict"] == "accepted":
        return GOOD
    return UNKNOWN if verdict["status"] == 503 else BAD


def headline(paper: Paper, verdict: dict[str, Any]) -> str:
    """The verdict in one line."""
    if verdict["verdict"] == "accepted":
        return f"{paint(paper, 'good', 'ACCEPTED')}\n"
    unknown = verdict["status"] == 503
    word = paint(paper, "warn", "NO VERDICT") if unknown else paint(paper, "bad", "REJECTED")
    return f"{word}  {paint(paper, 'bold', verdict['code'])}\n{verdict['message']}\n"


def _accepted_page(paper: Paper, verdict: dict[str, Any]) -> str:
    identity, token, keys = verdict["identity"], verdict["token"], verdict["keys"]
    signed = [token["alg"], *([f"key {safe(token['kid'])}"] if "kid" in token else [])]
    table: list[Row] = [
        ("user", shown(identity["userId"])),
        ("tenant", _optional(identity["tenantId"], "none")),
        ("roles", shown(identity["roles"]) if identity["roles"] else "none"),
        ("email", _optional(identity.get("email"))),
        ("issuer", _optional(identity.get("issuer"))),
        ("issued", moment(identity["issuedAt"], paper.now) if "issuedAt" in identity else None),
        ("expires", moment(identity["expiresAt"], paper.now)),
        ("mode", identity["authMode"]),
        ("kind", token["kind"]),
        ("scopes", shown(token["scopes"]) if token["scopes"] else "none"),
        ("client", _optional(token.get("azp"))),
        ("session", _optional(token.get("sid"))),
        ("token id", _optional(token.get("jti"))),
        ("signed", ", ".join(signed)),
        ("keys", f"{keys['state']}, generation {number_text(keys['generation'])}"),
    ]
    return f"{headline(paper, verdict)}\n{rows(paper, table)}"


def _optional(value: Optional[str], absent: Optional[str] = None) -> Optional[str]:
    return absent if value is None else shown(value)


def _rejected_page(paper: Paper, verdict: dict[str, Any], failure: Optional[str]) -> str:
    details, retry_after = verdict["details"], verdict.get("retry_after")
    claim = details.get("claim")
    name_of_claim = claim if isinstance(claim, str) else ""

    def detail(label: str, member: str) -> Row:
        if member not in details:
            return label, None
        return label, member_value(paper, name_of_claim, details[member])

    now, leeway = details.get("now"), details.get("leeway")
    table: list[Row] = [
        ("status", number_text(verdict["status"])),
        detail("reason", "reason"),
        detail("part", "part"),
        detail("claim", "claim"),
        detail("expected", "expected"),
        detail("found", "actual"),
        ("now", None if now is None else date(now)),
        ("leeway", f"{shown(leeway)} s" if leeway is not None else None),
        ("retry", f"after {number_text(retry_after)} s" if retry_after is not None else None),
        ("cause", safe(failure) if verdict["status"] == 503 and failure is not None else None),
    ]
    return f"{headline(paper, verdict)}\n{rows(paper, table)}"
