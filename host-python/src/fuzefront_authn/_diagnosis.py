"""Lets the module look (docs/abi.md, "Diagnosis").

It asks for documents, they are fetched, and it is asked again, until it wants nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from . import _engine

__all__ = ["Case", "Fetch", "examine"]

MAX_CALLS = 4
"""How often the module is asked (docs/abi.md, "Diagnosis")."""

TOKEN_LENGTH = 65_536
"""Far beyond any token that is read, so that the module says so; a whole one might not fit."""

Fetch = Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Case:
    """What a diagnosis starts from. `policy`, `discovery` and `key_set` are JSON as written.

    `now` is asked each time, because fetching takes a while: compared with the `Date` of an answer,
    the time of the start would look like a clock that is behind.
    """

    now: Callable[[], float]
    policy: Optional[str] = None
    token: Optional[str] = None
    discovery: Optional[str] = None
    key_set: Optional[str] = None
    page: Optional[str] = None


def examine(case: Case, fetch: Optional[Fetch]) -> bytes:
    """The module's last answer, as it came. Without `fetch` nothing is fetched.

    Raises EngineError for a policy or token that fills the module's buffer by itself.
    """
    # What was pasted has no URL: it counts for the first issuer.
    pasted = {"discovery": case.discovery, "key_set": case.key_set}
    seen: list[Mapping[str, Any]] = [
        {"what": what, "body": body} for what, body in pasted.items() if body is not None
    ]
    if case.page is not None and fetch is not None:
        seen += fetch([{"what": "page", "url": case.page}])
    instance = _engine.shared_module().instance()
    for call in range(1, MAX_CALLS + 1):
        request = _fitting(case, seen, instance.buffer_size)
        answer = instance.diagnose(request)
        wanted = json.loads(answer).get("wanted")
        if fetch is None or not wanted or call == MAX_CALLS:
            break
        seen += fetch(wanted)
    return answer


def _fitting(case: Case, seen: Sequence[Mapping[str, Any]], size: int) -> bytes:
    """The buffer has an end: bodies are left out, the longest first, until the request fits."""
    kept = list(seen)
    longest = sorted(range(len(kept)), key=lambda index: -len(kept[index].get("body", "")))
    for index in longest:
        if len(_request(case, kept)) <= size:
            break
        one = kept[index]
        rest = {name: one[name] for name in one if name not in ("status", "body")}
        kept[index] = {**rest, "error": "too_large"}
    return _request(case, kept)


def _request(case: Case, seen: Sequence[Mapping[str, Any]]) -> bytes:
    request: dict[str, Any] = {"now": case.now(), "fetched": seen}
    if case.token is not None:
        request["token"] = case.token[:TOKEN_LENGTH]
    text = json.dumps(request)
    if case.policy is not None:
        # As it was written: what the module would refuse in it must reach it.
        text = f'{text[:-1]},"policy":{case.policy}}}'
    return text.encode("utf-8", "surrogatepass")
