"""The family contract: where it lies, and how one app's policy is read out of it.

What a contract may say, and every fault in one, is the module's business (docs/abi.md, "Contract").
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Union

from . import _abi
from ._engine import InvalidCall, ask_once, packaged
from ._errors import ContractError
from ._options import plain

__all__ = [
    "Contract",
    "ContractFacts",
    "facts_of",
    "family_contract",
    "family_text",
    "read_contract",
]

Contract = Union[Mapping[str, Any], str, "os.PathLike[str]"]
"""A contract document, or the path of a file that holds one."""

_FAMILY = "fuzefront.v1.json"


@dataclass(frozen=True)
class ContractFacts:
    """Which contract a verifier keeps, and as what.

    `warning` says why every token may be refused although the policy is right: the app is not
    `active` (clause 1.6).
    """

    name: str
    version: str
    app: str
    environment: str
    warning: Optional[str] = None


def family_contract() -> dict[str, Any]:
    """The contract of the family that this package carries; the caller's own copy."""
    contract: dict[str, Any] = json.loads(family_text())
    return contract


def family_text() -> str:
    """The same, as it is written."""
    return packaged(_FAMILY, "docs/contract").decode()


def read_contract(
    contract: Contract, *, app: str, environment: Optional[str], options: Mapping[str, Any]
) -> dict[str, Any]:
    """What the module reads out of a contract for one app.

    Raises ContractError for a contract, an app, an environment or options that are refused, OSError
    for a file that cannot be read.
    """
    given = {name: value for name, value in options.items() if value is not None}
    entry = plain(given, "/options", ContractError)
    asked = {"app": app, "environment": environment, "options": entry}
    members = {name: json.dumps(value) for name, value in asked.items() if value is not None}
    # The document goes in as it is written: the module refuses what a parser here would pass over.
    texts = {"contract": _text(contract), **members}
    request = "{" + ",".join(f'"{name}":{text}' for name, text in texts.items()) + "}"
    try:
        answer = ask_once(_abi.CONTRACT, request.encode("utf-8", "surrogatepass"))
    except InvalidCall as error:
        raise ContractError("the contract is too large") from error
    refused = answer.get("error")
    if refused is not None:
        raise ContractError(refused["message"], path=refused.get("path", ""))
    return answer


def _text(contract: Contract) -> str:
    """The document as JSON."""
    if isinstance(contract, Mapping):
        return json.dumps(plain(contract, "", ContractError))
    try:
        text = Path(contract).read_text("utf-8-sig")
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ContractError("is not JSON") from error
    return text


def facts_of(answer: Mapping[str, Any]) -> ContractFacts:
    """Of an answer of `read_contract` for a named app."""
    contract = answer["contract"]
    return ContractFacts(
        name=contract["name"],
        version=contract["version"],
        app=answer["app"],
        environment=answer["environment"],
        warning=answer.get("warning"),
    )
