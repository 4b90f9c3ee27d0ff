"""Key sets with the time they were fetched at, as a document that outlives the process.

Its shape, and reading it; it is the same in every host. The hash finds damage; it does not say who
wrote the document (docs/keys.md, "Snapshots").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Literal, Optional, TypedDict

from ._errors import PolicyError

__all__ = [
    "RestoreResult",
    "Snapshot",
    "SnapshotEntry",
    "entry_of",
    "entry_text",
    "is_of",
    "parse_entry",
    "read_snapshot",
    "sound_body",
]

MAX_TEXT = 2 * 1024 * 1024
"""The longest entry of a store that is read, characters: a key set, every byte of it escaped."""


class SnapshotEntry(TypedDict):
    """The key set of one issuer entry. Also what a shared store holds, as JSON.

    `issuer` is all names of the entry, `fetchedAt` epoch seconds, `maxAge` the seconds of freshness
    that the issuer gave it, `sha256` (hex) that of the UTF-8 bytes of `body`.
    """

    issuer: list[str]
    fetchedAt: float
    maxAge: Optional[float]
    sha256: str
    body: str


class Snapshot(TypedDict):
    """What `snapshot` gives and `restore` takes: JSON's own types only."""

    version: Literal[1]
    issuers: list[SnapshotEntry]


@dataclass(frozen=True)
class RestoreResult:
    """What became of one entry of a snapshot.

    `reason` is a fixed word when it was refused: `wrong_hash`, `no_such_issuer`, `too_old`,
    `not_newer`, …
    """

    issuer: tuple[str, ...]
    result: Literal["stored", "refused"]
    reason: Optional[str] = None


def entry_of(
    issuer: Sequence[str], body: bytes, fetched: float, max_age: Optional[float]
) -> SnapshotEntry:
    """The entry for a set of the issuer with these names."""
    return {
        "issuer": [*issuer],
        "fetchedAt": _shortest(fetched),
        "maxAge": None if max_age is None else _shortest(max_age),
        "sha256": hashlib.sha256(body).hexdigest(),
        # A set is JSON and so UTF-8, or it would not be in force.
        "body": body.decode(),
    }


def entry_text(entry: SnapshotEntry) -> str:
    """The entry as a store holds it."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def parse_entry(text: str) -> SnapshotEntry:
    """The entry that a store holds. Raises ValueError for anything else."""
    if len(text) > MAX_TEXT:
        raise ValueError("the text is too long for an entry")
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("the text is nested too deeply") from error
    return _entry(value, "")


def read_snapshot(value: object, path: str) -> list[SnapshotEntry]:
    """The entries of a snapshot. Raises PolicyError for what has not the shape of one."""
    members = _members(value, path)
    version, issuers = members.get("version"), members.get("issuers")
    if isinstance(version, bool) or version != 1:
        raise PolicyError(
            "is not 1, the version of snapshots that this host knows", path=f"{path}/version"
        )
    if not isinstance(issuers, (list, tuple)):
        raise PolicyError("is not a list", path=f"{path}/issuers")
    return [_entry(entry, f"{path}/issuers/{i}") for i, entry in enumerate(issuers)]


def sound_body(entry: SnapshotEntry) -> Optional[bytes]:
    """The bytes of the key set, if they are those that were hashed."""
    body = entry["body"].encode("utf-8", "surrogatepass")
    return body if hashlib.sha256(body).hexdigest() == entry["sha256"] else None


def is_of(entry: SnapshotEntry, names: Sequence[str]) -> bool:
    """Whether these are the names of the entry, in whatever order."""
    return {*entry["issuer"]} == {*names}


def _entry(value: object, path: str) -> SnapshotEntry:
    members = _members(value, path)
    for name, (fits, wanted) in _SHAPE.items():
        if not fits(members.get(name, ...)):
            raise PolicyError(f"is not {wanted}", path=f"{path}/{name}")
    return {
        "issuer": [*members["issuer"]],
        "fetchedAt": float(members["fetchedAt"]),
        "maxAge": None if members["maxAge"] is None else float(members["maxAge"]),
        "sha256": members["sha256"],
        "body": members["body"],
    }


def _members(value: object, path: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise PolicyError("is not an object", path=path)


def _is_strings(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def _is_time(value: object) -> bool:
    # The bound keeps integers that no float can hold out; NaN is never between two numbers.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1e308


def _is_time_or_none(value: object) -> bool:
    return value is None or _is_time(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_SHAPE: dict[str, tuple[Callable[[object], bool], str]] = {
    "issuer": (_is_strings, "a list of strings"),
    "fetchedAt": (_is_time, "a time in seconds"),
    "maxAge": (_is_time_or_none, "a number of seconds, or null"),
    "sha256": (_is_text, "a string"),
    "body": (_is_text, "a string"),
}


def _shortest(seconds: float) -> float:
    """As JavaScript writes it: without `.0`."""
    return int(seconds) if float(seconds).is_integer() else seconds
