"""`inspect`: what a token says, without keys. Says loudly that nothing of it is verified."""

from __future__ import annotations

from typing import Any, Optional

from .._inspection import inspection
from ._claims import member_rows
from ._ecmascript import number_text, parse
from ._io import BAD, GOOD, Io, Outcome, Paper
from ._options import Line
from ._paper import paint, rows, safe
from ._token import token_of

__all__ = ["inspect"]

_FORMS = {
    "jws": "jws (a signed token)",
    "jwe": "jwe (an encrypted token: only its header can be read)",
    "opaque": "opaque (no JWT: only who issued it can say what it means)",
    "malformed": "malformed (no JWT)",
}


def inspect(io: Io, line: Line) -> Outcome:
    """Runs the command."""
    data = token_of(io, line).encode("utf-8", "surrogatepass")
    text = inspection(data).decode()
    token = parse(text)
    code = BAD if "fault" in token else GOOD
    return Outcome(code, text, lambda paper: _page(paper, token, len(data)))


def _page(paper: Paper, token: dict[str, Any], given: int) -> str:
    signature, fault = token.get("signature_bytes"), token.get("fault")
    about = rows(
        paper,
        [
            ("form", _FORMS[token["form"]]),
            ("size", _size(token["bytes"], given)),
            ("signature", _bytes(signature, ", not verified")),
            ("fault", None if fault is None else ", ".join(map(safe, fault.values()))),
        ],
    )
    parts = _section(paper, "header", token.get("header"))
    parts += _section(paper, "claims", token.get("claims"))
    heading = paint(paper, "warn", "UNVERIFIED")
    return f"{heading}  anyone can write a token that says this\n\n{about}{parts}"


def _size(seen: float, given: int) -> Optional[str]:
    if given > seen:
        return f"{given} bytes, of which {number_text(seen)} were looked at"
    return _bytes(seen)


def _bytes(count: Optional[float], remark: str = "") -> Optional[str]:
    return None if count is None else f"{number_text(count)} bytes{remark}"


def _section(paper: Paper, title: str, members: Optional[dict[str, Any]]) -> str:
    if members is None:
        return ""
    heading = paint(paper, "bold", f"{title} (unverified)")
    return f"\n{heading}\n{rows(paper, member_rows(paper, members), 2, broken=True)}"
