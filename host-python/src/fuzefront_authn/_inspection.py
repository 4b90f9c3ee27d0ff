"""What a token says of itself, decoded without a key. Nothing of it may be trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Optional

from . import _engine

__all__ = ["UnverifiedToken", "inspect", "inspection"]


@dataclass(frozen=True)
class UnverifiedToken:
    """A decoded token. Anybody can have written it: use it for looking, never for deciding.

    `form` is `jws`, `jwe` (only its header can be read), `opaque` or `malformed`; `fault` says what
    could not be decoded, and why. `repr` shows no claims.
    """

    form: Literal["jws", "jwe", "opaque", "malformed"]
    bytes: int
    header: Optional[Mapping[str, Any]] = None
    claims: Optional[Mapping[str, Any]] = field(default=None, repr=False)
    signature_bytes: Optional[int] = None
    fault: Optional[Mapping[str, Any]] = None
    unverified: Literal[True] = True

    @classmethod
    def from_dict(cls, words: Mapping[str, Any]) -> UnverifiedToken:
        """The module's answer."""
        return cls(
            form=words["form"],
            bytes=words["bytes"],
            header=words.get("header"),
            claims=words.get("claims"),
            signature_bytes=words.get("signature_bytes"),
            fault=words.get("fault"),
        )


def inspect(token: str) -> UnverifiedToken:
    """Decodes `token` without keys and without a policy. Raises nothing for a bad one."""
    return UnverifiedToken.from_dict(json.loads(inspection(token.encode("utf-8", "surrogatepass"))))


def inspection(token: bytes) -> bytes:
    """The module's answer, as it came."""
    instance = _engine.shared_module().instance()
    # A longer message is beyond every limit of the module, which must be the one to say so.
    return _engine.call_once(instance, "authn_inspect", token[: instance.buffer_size])
