"""The caller's own checks after a good verdict, `is_revoked` and `resolve`, without waiting."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from dataclasses import replace
from typing import Any, Callable, Optional

from ._errors import PolicyError, coded
from ._identity import Accepted, CheckResult, Identity, Rejected, TokenFacts
from ._session import unavailable

__all__ = ["Hook", "refuse_no_function", "vetted", "vetting"]

Hook = Optional[Callable[[Identity, TokenFacts], Any]]
Vetting = Generator[Callable[[], object], object, CheckResult]


def refuse_no_function(**hooks: object) -> None:
    """Raises PolicyError for one that cannot be called."""
    for name, hook in hooks.items():
        if hook is not None and not callable(hook):
            raise PolicyError("is not a function", path=f"/{name}")


def vetting(is_revoked: Hook, resolve: Hook, accepted: Accepted) -> Vetting:
    """The hooks, in order: yields calls to make, is sent (or thrown) what they gave."""
    identity, token = accepted.identity, accepted.token
    reason = "revocation"
    try:
        if is_revoked is not None:
            revoked = yield lambda: is_revoked(identity, token)
            # Neither yes nor no (a forgotten `return`, a row) must not pass as "no".
            if not isinstance(revoked, bool):
                raise TypeError("`is_revoked` must return True or False")
            if revoked:
                return Rejected(coded("REVOKED"))
        reason = "resolver"
        if resolve is not None:
            resolved = yield lambda: resolve(identity, token)
            return Accepted(_sound(resolved), token, accepted.keys)
    except Exception as error:
        if isinstance(error, _AsynchronousHook):
            reason = "asynchronous_hook"
        # Neither an outage of the store nor a bug in a hook may let a token through.
        return Rejected(unavailable(error, reason))
    return accepted


def vetted(steps: Vetting) -> CheckResult:
    """Drives `vetting` where nothing can be awaited."""
    try:
        hook = next(steps)
        while True:
            try:
                value = hook()
                _refuse_awaitable(value)
            except Exception as error:
                hook = steps.throw(error)
            else:
                hook = steps.send(value)
    except StopIteration as end:
        result: CheckResult = end.value
        return result


def _sound(identity: object) -> Identity:
    """What `resolve` gave, if it is an identity that guards can judge."""
    if not isinstance(identity, Identity):
        raise TypeError("`resolve` must return an Identity")
    roles: object = identity.roles
    # A string would pass for a list of its parts: "administrator" holds "admin".
    if not isinstance(roles, (list, tuple)) or not all(isinstance(role, str) for role in roles):
        raise TypeError("`roles` must be a tuple of strings")
    if not isinstance(identity.user_id, str) or not identity.user_id:
        raise TypeError("`user_id` must be a string that is not empty")
    if not isinstance(identity.tenant_id, (str, type(None))):
        raise TypeError("`tenant_id` must be a string or None")
    return replace(identity, roles=tuple(roles))


class _AsynchronousHook(TypeError):
    """A hook returned an awaitable where nothing can be awaited."""


def _refuse_awaitable(value: object) -> None:
    if inspect.iscoroutine(value):
        value.close()  # without this Python warns that it was never awaited
    if inspect.isawaitable(value):
        raise _AsynchronousHook("a hook returned an awaitable where nothing can be awaited")
