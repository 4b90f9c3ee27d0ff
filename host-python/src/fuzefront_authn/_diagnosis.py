"""Lets the module look (docs/abi.md, "Diagnosis").

It asks for documents; they are fetched, or taken from what was pasted, and it is asked again, until
it wants nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from . import _engine

__all__ = ["Case", "Fetch", "examine"]

MAX_CALLS = 4
"""How often the module is asked (docs/abi.md, "Diagnosis")."""

Fetch = Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Case:
    """What a diagnosis starts from. `policy`, `discovery` and `key_set` are JSON as written."""

    now: float
    policy: Optional[str] = None
    token: Optional[str] = None
    discovery: Optional[str] = None
    key_set: Optional[str] = None
    page: Optional[str] = None


def examine(case: Case, fetch: Optional[Fetch]) -> bytes:
    """The module's last answer, as it came. Without `fetch` nothing is fetched."""
    documents = {"discovery": case.discovery, "key_set": case.key_set}
    pasted = {what: body for what, body in documents.items() if body is not None}
    instance = _engine.shared_module().instance()
    seen: list[Mapping[str, Any]] = []
    if case.page is not None and fetch is not None:
        seen += fetch([{"what": "page", "url": case.page}])
    for call in range(1, MAX_CALLS + 1):
        request = _fitting(case, seen, instance.buffer_size)
        answer = _engine.call_once(instance, "authn_diagnose", request)
        told = json.loads(answer)
        if "error" in told or call == MAX_CALLS:
            break
        brought = _bring(told["wanted"], pasted, fetch) or list(_unasked(pasted))
        if not brought:
            break
        seen += brought
    return answer


def _bring(
    wanted: Sequence[Mapping[str, Any]], pasted: dict[str, str], fetch: Optional[Fetch]
) -> list[Mapping[str, Any]]:
    """A pasted document answers the first question it fits; the others go to the network."""
    brought: list[Optional[Mapping[str, Any]]] = []
    for one in wanted:
        body = pasted.pop(one["what"], None)
        brought.append(None if body is None else {**one, "status": 200, "body": body})
    if fetch is not None:
        fetched = iter(fetch([one for one, known in zip(wanted, brought) if known is None]))
        brought = [next(fetched) if known is None else known for known in brought]
    return [known for known in brought if known is not None]


def _unasked(pasted: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Nobody asked for what was pasted: it is looked at all the same."""
    for what in list(pasted):
        yield {"what": what, "url": "", "status": 200, "body": pasted.pop(what)}


def _fitting(case: Case, seen: Sequence[Mapping[str, Any]], size: int) -> bytes:
    """The buffer has an end: bodies are left out, the last ones first, until the request fits."""
    kept = list(seen)
    for last in reversed(range(len(kept))):
        if len(_request(case, kept)) <= size:
            break
        rest = {name: kept[last][name] for name in kept[last] if name not in ("status", "body")}
        kept[last] = {**rest, "error": "too_large"}
    return _request(case, kept)


def _request(case: Case, seen: Sequence[Mapping[str, Any]]) -> bytes:
    request: dict[str, Any] = {"now": case.now, "fetched": seen}
    if case.token is not None:
        request["token"] = case.token
    text = json.dumps(request)
    if case.policy is not None:
        # As it was written: what the module would refuse in it must reach it.
        text = f'{text[:-1]},"policy":{case.policy}}}'
    return text.encode("utf-8", "surrogatepass")
