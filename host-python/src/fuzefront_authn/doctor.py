"""What is wrong between a policy, an issuer and perhaps a token: findings, each with a remedy.

    for finding in diagnose(verifier):
        print(finding.severity, finding.what, finding.remedy)

A module of its own says what it wants to see and judges it; httpx fetches it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Optional, Union

from . import _tools
from ._errors import PolicyError
from ._options import plain
from ._verifier import AsyncVerifier, Verifier

if TYPE_CHECKING:
    import httpx

__all__ = ["Finding", "diagnose"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing; `subject` is what it is about.

    An `error` means that tokens will be refused, or must not be trusted.
    """

    id: str
    severity: Literal["error", "warning", "info"]
    what: str
    why: str
    remedy: str
    evidence: Mapping[str, Any]
    subject: Optional[str] = None


def diagnose(
    policy: Union[Verifier, AsyncVerifier, Mapping[str, Any], None] = None,
    *,
    token: Optional[str] = None,
    discovery: Optional[str] = None,
    key_set: Optional[str] = None,
    page: Optional[str] = None,
    offline: bool = False,
    now: Optional[float] = None,
    http_client: Optional[httpx.Client] = None,
) -> tuple[Finding, ...]:
    """What was found, the gravest first; it may take some seconds for each round of fetching.

    `policy` is that of a verifier, or a document as in docs/abi.md; without one the issuer that
    `token` names is looked at. `discovery` and `key_set` are documents at hand, as text, instead of
    fetching them. `page` is the address of a page that loads the verifier. Raises PolicyError for a
    policy that is refused, MissingExtraError when httpx is needed.
    """
    given = {
        "policy": None if policy is None else _document(policy),
        "token": token,
        "discovery": discovery,
        "key_set": key_set,
        "page": page,
    }
    symptoms = {name: _text(text) for name, text in given.items() if text is not None}
    done = _tools.run(
        {"doctor": {**symptoms, "offline": offline}},
        now=time.time if now is None else lambda: now,
        client=http_client,
    )
    refused = done.get("error")
    if refused is not None:
        raise PolicyError(refused["message"], path=refused.get("path", ""))
    return tuple(Finding(**finding) for finding in done["findings"])


def _document(policy: Union[Verifier, AsyncVerifier, Mapping[str, Any]]) -> str:
    if isinstance(policy, Mapping):
        return json.dumps(plain(policy, ""))
    return policy._session.policy.decode()


def _text(text: str) -> str:
    # Lone surrogates have no form in a message.
    return text.encode("utf-8", "replace").decode()
