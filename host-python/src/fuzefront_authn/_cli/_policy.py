"""The policy that the options describe, as the text the module reads.

Nothing is checked here that the module checks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from .._contract import contract_answer, family_text
from .._errors import ContractError
from ._io import Io, UsageError, read_json, read_text
from ._options import Given, seconds_of, value_of
from ._raw import members_of
from ._refusal import refused

__all__ = ["Chosen", "contract_answer_of", "optional_policy_of", "policy_of"]

_OWN = ("--issuer", "--audience", "--jwks-uri", "--keys", "--algorithms", "--leeway")
_FROM_CONTRACT = ("--issuer", "--audience", "--algorithms")
_WITH_CONTRACT = ("--app", "--environment")

_MISSING = {
    "--issuer": "give the `iss` of the tokens, as it stands there",
    "--audience": "give the client id that must be in `aud`",
}


class Chosen(NamedTuple):
    """A policy as text, and what the contract it came from warns of."""

    text: str
    warning: Optional[str] = None


def policy_of(io: Io, given: Given) -> Chosen:
    """The policy. Raises UsageError if it is not given, or not whole."""
    policy = optional_policy_of(io, given)
    if policy is None:
        raise UsageError(
            "a policy is missing; give --issuer and --audience, --contract and --app, or --policy"
        )
    return policy


def optional_policy_of(io: Io, given: Given) -> Optional[Chosen]:
    """The policy, where options describe one."""
    file = value_of(given, "--policy")
    contract = value_of(given, "--contract")
    if file is not None:
        _refuse_beside(given, "--policy", (*_OWN, "--contract", *_WITH_CONTRACT))
        return Chosen(read_text(io, "--policy", file))
    if contract is not None:
        return _from_contract(io, given, contract)
    for option in _WITH_CONTRACT:
        if option in given:
            raise UsageError(f"{option} needs --contract")
    if not any(option in given for option in _OWN):
        return None
    for option, remedy in _MISSING.items():
        if option not in given:
            raise UsageError(f"{option} is missing; {remedy}")
    return Chosen(f'{{"issuers":[{_object_of(_entry_of(io, given))}]}}')


def contract_answer_of(io: Io, option: str, file: str, given: Given) -> str:
    """The module's answer on a contract, as it came."""
    contract = family_text() if file == "family" else read_json(io, option, file)
    members = {
        name: json.dumps(given[f"--{name}"][0])
        for name in ("app", "environment")
        if f"--{name}" in given
    }
    options = _entry_of(io, given)
    if options:
        members["options"] = _object_of(options)
    try:
        return contract_answer(contract, members).decode()
    except ContractError as error:
        # A contract beyond the buffer never reached the module.
        refusal = {"code": error.code, "path": error.path, "message": error.message}
        return json.dumps({"error": refusal}, separators=(",", ":"))


def _from_contract(io: Io, given: Given, file: str) -> Chosen:
    _refuse_beside(given, "--contract", _FROM_CONTRACT)
    if "--app" not in given:
        raise UsageError("--app is missing; give the name of an app in the contract")
    answer = contract_answer_of(io, "--contract", file, given)
    parsed = json.loads(answer)
    if "error" in parsed:
        raise refused(given, parsed["error"], answer)
    # The module's own bytes, not what a parser made of them.
    return Chosen(members_of(answer)["policy"], parsed.get("warning"))


def _entry_of(io: Io, given: Given) -> dict[str, str]:
    """Name → JSON text of each member of the issuer entry."""
    algorithms = value_of(given, "--algorithms")
    values: dict[str, Any] = {
        "issuer": given.get("--issuer"),
        "audience": given.get("--audience"),
        "jwks_uri": value_of(given, "--jwks-uri"),
        "algorithms": None if algorithms is None else algorithms.split(","),
        "leeway": seconds_of(given, "--leeway"),
    }
    entry = {name: json.dumps(value) for name, value in values.items() if value is not None}
    keys = value_of(given, "--keys")
    if keys is not None:
        entry["keys"] = read_json(io, "--keys", keys)
    return entry


def _object_of(members: Mapping[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{text}' for name, text in members.items()) + "}"


def _refuse_beside(given: Given, option: str, others: Sequence[str]) -> None:
    for other in others:
        if other in given:
            raise UsageError(f"{other} cannot stand beside {option}; leave out one of them")
