"""A verifier's options, mapped to the policy document the module reads.

Only the mapping is done here: the module checks every value, refuses unknown members by name, and
fills in the defaults (docs/abi.md, "Policy").
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Optional

from ._errors import PolicyError

__all__ = ["UNSET", "Unset", "plain", "policy_document"]


class Unset:
    """The type of `UNSET`."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()
"""Stands for "not given" where None has a meaning of its own."""


def policy_document(
    single: Mapping[str, Any],
    issuers: Optional[Sequence[Mapping[str, Any]]],
    insecure_hosts: object,
) -> bytes:
    """The policy as JSON. `single` is the one entry spelled out as options, UNSET left out.

    Raises PolicyError for values that have no JSON form, and when both ways are mixed.
    """
    given = {name: value for name, value in single.items() if value is not UNSET}
    entries: list[Mapping[str, Any]]
    if issuers is None:
        entries = [given]
    elif isinstance(issuers, (str, bytes, Mapping)) or not isinstance(issuers, Sequence):
        raise PolicyError("is not a list of issuer entries", path="/issuers")
    else:
        if given:
            name = sorted(given)[0]
            raise PolicyError("belongs into the entries of `issuers`", path=f"/{name}")
        entries = [*issuers]
    policy: dict[str, Any] = {
        "issuers": [_entry(entry, f"/issuers/{i}") for i, entry in enumerate(entries)]
    }
    if insecure_hosts is not None:
        policy["insecure_hosts"] = plain(insecure_hosts, "/insecure_hosts")
    return json.dumps(policy, separators=(",", ":")).encode()


_NONE_HAS_A_MEANING = ("issuer", "audience")


def _entry(options: object, path: str) -> dict[str, Any]:
    if not isinstance(options, Mapping):
        raise PolicyError("is not a mapping", path=path)
    entry: dict[str, Any] = {}
    for name, value in options.items():
        if not isinstance(name, str):
            raise PolicyError("has a member name that is not a string", path=path)
        if value is UNSET or (value is None and name not in _NONE_HAS_A_MEANING):
            continue
        here = f"{path}/{_escaped(name)}"
        entry[name] = _secret(value, here) if name == "secret" else plain(value, here)
    return entry


def _secret(value: object, path: str) -> str:
    """A shared secret as given to the issuer (text is taken as UTF-8), in base64url."""
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    if not isinstance(value, (bytes, bytearray)):
        raise PolicyError("is neither bytes nor a string", path=path)
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def plain(value: object, path: str, refusal: type[PolicyError] = PolicyError) -> Any:
    """The value in JSON's own types; sets become sorted lists. Raises `refusal` if it has none."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise refusal("is not a finite number", path=path)
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise refusal("has a member name that is not a string", path=path)
        return {
            name: plain(item, f"{path}/{_escaped(name)}", refusal) for name, item in value.items()
        }
    if isinstance(value, AbstractSet):
        items = [plain(item, path, refusal) for item in value]
        return sorted(items, key=str)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [plain(item, f"{path}/{i}", refusal) for i, item in enumerate(value)]
    raise refusal("is neither a string, a number, a list nor a mapping", path=path)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
