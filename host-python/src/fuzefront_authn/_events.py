"""What a verifier tells its owner while it works.

No event holds a token, a subject or a key id, so all of it may become labels of metrics.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Callable, Literal, Optional, Union

from ._generated import AuthErrorCode, KeyState

__all__ = [
    "AuthEvent",
    "ContractWarningEvent",
    "EventListener",
    "KeyFetchEvent",
    "KeyStateEvent",
    "KeyStoreEvent",
    "KeysRotatedEvent",
    "UnknownKidEvent",
    "VerifyEvent",
    "event_of",
    "tell",
]

logger = logging.getLogger("fuzefront_authn")


@dataclass(frozen=True)
class KeyFetchEvent:
    """A document was fetched, or was not. `shared`: the store had what another replica fetched.

    `issuer` is the first name of the entry, `reason` a fixed word when it failed or was refused,
    `duration` in seconds.
    """

    issuer: str
    document: Literal["discovery", "key_set"]
    outcome: Literal["ok", "failed", "refused", "shared"]
    duration: float
    reason: Optional[str] = None
    type: Literal["keys.fetch"] = field(default="keys.fetch", init=False)


@dataclass(frozen=True)
class KeysRotatedEvent:
    """A key set replaced one that had other keys; `keys` is how many can be used now."""

    issuer: str
    generation: str
    keys: int
    type: Literal["keys.rotated"] = field(default="keys.rotated", init=False)


@dataclass(frozen=True)
class KeyStateEvent:
    """The keys of an entry were seen in another state than before."""

    issuer: str
    from_: KeyState
    to: KeyState
    type: Literal["keys.state"] = field(default="keys.state", init=False)


@dataclass(frozen=True)
class KeyStoreEvent:
    """The shared store failed, and is left alone for a while."""

    reason: Literal["timeout", "error"]
    outcome: Literal["failed"] = "failed"
    type: Literal["keys.store"] = field(default="keys.store", init=False)


@dataclass(frozen=True)
class UnknownKidEvent:
    """A token names a key that the set in force lacks.

    `unavailable`: the set is too old to tell, and cannot be renewed now.
    """

    issuer: str
    outcome: Literal["refused", "fetching", "unavailable"]
    type: Literal["unknown_kid"] = field(default="unknown_kid", init=False)


@dataclass(frozen=True)
class VerifyEvent:
    """One check, its hooks and the wait for keys included; `duration` in seconds.

    `code` is None when it was accepted. `algorithm` is that of a token that verified; what any
    other says of itself is anybody's text.
    """

    outcome: Literal["accepted", "rejected", "unavailable"]
    code: Optional[AuthErrorCode]
    algorithm: Optional[str]
    duration: float
    type: Literal["verify"] = field(default="verify", init=False)


@dataclass(frozen=True)
class ContractWarningEvent:
    """The contract gives a policy, and warns of the app: its tokens may all be refused.

    Told once, when the verifier was made.
    """

    app: str
    environment: str
    message: str
    type: Literal["contract.warning"] = field(default="contract.warning", init=False)


AuthEvent = Union[
    ContractWarningEvent,
    KeyFetchEvent,
    KeysRotatedEvent,
    KeyStateEvent,
    KeyStoreEvent,
    UnknownKidEvent,
    VerifyEvent,
]
"""What a listener gets; told apart by `type`."""

EventListener = Callable[[AuthEvent], object]
"""Called at once, wherever the event happens, under no lock. What it raises is ignored."""


def event_of(words: Mapping[str, Any]) -> AuthEvent:
    """An event as the module tells it."""
    members = {"from_" if name == "from" else name: words[name] for name in words if name != "type"}
    event: AuthEvent = _KINDS[words["type"]](**members)
    return event


_KINDS: dict[str, Any] = {
    "keys.fetch": KeyFetchEvent,
    "keys.rotated": KeysRotatedEvent,
    "keys.state": KeyStateEvent,
    "keys.store": KeyStoreEvent,
    "unknown_kid": UnknownKidEvent,
}


def tell(listener: EventListener, event: AuthEvent) -> None:
    """Tells a listener, and ignores what it raises.

    KeyboardInterrupt and SystemExit go on in the main thread, where signal handlers raise them.
    """
    try:
        answer = listener(event)
        if inspect.iscoroutine(answer):
            answer.close()  # nothing awaits it, and Python would warn of that
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)) and _in_main_thread():
            raise
        with suppress(Exception):
            logger.debug("a listener failed", exc_info=True)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
