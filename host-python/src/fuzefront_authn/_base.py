"""What `Verifier` and `AsyncVerifier` share: options, verdicts, hooks. No I/O, no waiting."""

from __future__ import annotations

import inspect
import time
from collections.abc import Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Callable, Generic, NoReturn, Optional, TypeVar, Union

from . import _engine
from ._core import AUTHORIZATION, TOKEN, Core
from ._engine import Broken, InvalidCall
from ._errors import AuthError
from ._exchange import ClockError, Need, read_clock, verdict_exchange
from ._identity import Accepted, CheckResult, Identity, KeysFacts, Rejected, TokenFacts
from ._policy import UNSET, IssuerOptions, Unset, policy_document
from ._status import Status

__all__ = ["BaseVerifier"]

ClientT = TypeVar("ClientT")
RevokedT = TypeVar("RevokedT")
ResolvedT = TypeVar("ResolvedT")
Names = Union[Sequence[str], AbstractSet[str]]

_NO_TEXT = "\ufffd"
"""No token looks like this; it stands for values that are not even text."""


class BaseVerifier(Generic[ClientT, RevokedT, ResolvedT]):
    """One app's policy, opened. Not to be used by itself."""

    def __init__(
        self,
        *,
        issuer: Union[str, Names, Unset, None] = UNSET,
        audience: Union[str, Names, Unset, None] = UNSET,
        jwks_uri: Optional[str] = None,
        keys: Optional[Mapping[str, Any]] = None,
        algorithms: Optional[Names] = None,
        types: Optional[Names] = None,
        leeway: Optional[int] = None,
        max_age: Optional[int] = None,
        stale_cap: Optional[int] = None,
        required_claims: Optional[Names] = None,
        claim_values: Optional[Mapping[str, Names]] = None,
        required_scopes: Optional[Names] = None,
        authorized_parties: Optional[Names] = None,
        kinds: Optional[Names] = None,
        machine_clients: Optional[Names] = None,
        claims: Optional[Mapping[str, str]] = None,
        issuers: Optional[Sequence[IssuerOptions]] = None,
        insecure_hosts: Optional[Names] = None,
        clock: Optional[Callable[[], float]] = None,
        http_client: Optional[ClientT] = None,
        is_revoked: Optional[Callable[[Identity, TokenFacts], RevokedT]] = None,
        resolve: Optional[Callable[[Identity, TokenFacts], ResolvedT]] = None,
    ) -> None:
        entry: dict[str, Any] = {
            "jwks_uri": jwks_uri,
            "keys": keys,
            "algorithms": algorithms,
            "types": types,
            "leeway": leeway,
            "max_age": max_age,
            "stale_cap": stale_cap,
            "required_claims": required_claims,
            "claim_values": claim_values,
            "required_scopes": required_scopes,
            "authorized_parties": authorized_parties,
            "kinds": kinds,
            "machine_clients": machine_clients,
            "claims": claims,
        }
        single = {name: value for name, value in entry.items() if value is not None}
        single.update(issuer=issuer, audience=audience)
        module = _engine.shared_module()
        self._digest = module.digest
        self._core = Core(policy_document(single, issuers, insecure_hosts), module)
        self._clock = time.time if clock is None else clock
        self._is_revoked = is_revoked
        self._resolve = resolve
        self._start(http_client)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the WebAssembly module that decides; equal in every host."""
        return self._digest

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the policy in canonical form; equal in every host."""
        return self._core.fingerprint

    @property
    def _discovery_url(self) -> Optional[str]:
        """Where the discovery document is of the first issuer whose keys are found by one."""
        for row in self._core.issuers:
            if row["keys"] == "discovery":
                issuer: str = row["issuer"][0]
                # OpenID Connect Discovery 1.0 §4.1: a terminating "/" is removed first.
                return issuer.removesuffix("/") + "/.well-known/openid-configuration"
        return None

    def status(self) -> Status:
        """The state of every issuer's keys, now. Raises AuthError when there is none to ask."""
        try:
            return Status.from_dict(self._core.status(read_clock(self._clock)))
        except (Broken, ClockError, InvalidCall) as error:
            self._raise_unavailable(error)

    def _start(self, http_client: Optional[ClientT]) -> None:
        raise NotImplementedError

    def _fetches(self) -> bool:
        return any(row["keys"] in ("discovery", "jwks_uri") for row in self._core.issuers)

    def _exchange(self, form: int, data: bytes) -> Generator[Need, bool, CheckResult]:
        """The whole check but for the hooks; yields what must be fetched."""
        try:
            verdict = yield from verdict_exchange(self._core, self._clock, form, data)
        except (Broken, ClockError, InvalidCall) as error:
            return Rejected(self._unavailable(_reason(error), error))
        return _result(verdict)

    def _vetting(self, accepted: Accepted) -> Generator[Callable[[], object], object, CheckResult]:
        """The hooks, in order: yields calls to make, is sent (or thrown) what they gave."""
        identity, token = accepted.identity, accepted.token
        reason = "revocation"
        try:
            if self._is_revoked is not None:
                is_revoked = self._is_revoked
                revoked = yield lambda: is_revoked(identity, token)
                _refuse_awaitable(revoked)
                if revoked:
                    return Rejected(self._core.error("REVOKED"))
            reason = "resolver"
            if self._resolve is not None:
                resolve = self._resolve
                resolved = yield lambda: resolve(identity, token)
                if not isinstance(resolved, Identity):
                    _refuse_awaitable(resolved)
                    raise TypeError("`resolve` must return an Identity")
                return Accepted(resolved, token, accepted.keys)
        except Exception as error:
            # Neither an outage of the store nor a bug in a hook may let a token through.
            return Rejected(self._unavailable(reason, error))
        return accepted

    def _vetted(self, accepted: Accepted) -> CheckResult:
        steps = self._vetting(accepted)
        try:
            hook = next(steps)
            while True:
                try:
                    value = hook()
                except Exception as error:
                    hook = steps.throw(error)
                else:
                    hook = steps.send(value)
        except StopIteration as end:
            result: CheckResult = end.value
            return result

    def _unusable(self) -> list[tuple[int, Optional[Need]]]:
        """The issuers without keys, each with the fetch that would bring them, if one is due."""
        epochs = [self._core.epoch(issuer) for issuer in range(len(self._core.issuers))]
        return [
            (i, None if row.fetch is None else Need.of(row.fetch, epochs[i]))
            for i, row in enumerate(self.status().issuers)
            if not row.usable
        ]

    def _require_usable(self) -> None:
        without = [row.issuer for row in self.status().issuers if not row.usable]
        if without:
            raise self._core.error("JWKS_UNAVAILABLE", details={"issuers": without})

    def _unavailable(self, reason: str, cause: BaseException) -> AuthError:
        error = self._core.error("VERIFIER_UNAVAILABLE", details={"reason": reason})
        error.__cause__ = cause
        return error

    def _raise_unavailable(self, cause: BaseException) -> NoReturn:
        raise self._unavailable(_reason(cause), cause)


def token_message(token: object) -> tuple[int, bytes]:
    """A token as the module takes it: nothing for None, never a token for what is no text."""
    return TOKEN, b"" if token is None else _text(token, _NO_TEXT)


def authorization_message(value: object) -> tuple[int, bytes]:
    """The value of an `Authorization` header; several are joined as RFC 9110 §5.3 joins them."""
    if value is None:
        return AUTHORIZATION, b""
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    return AUTHORIZATION, _text(value, f"Bearer {_NO_TEXT}")


def _text(value: object, otherwise: str) -> bytes:
    try:
        return (value if isinstance(value, str) else otherwise).encode()
    except UnicodeEncodeError:  # lone surrogates
        return otherwise.encode()


def _result(verdict: Mapping[str, Any]) -> CheckResult:
    if verdict["verdict"] == "accepted":
        keys = verdict["keys"]
        return Accepted(
            Identity.from_dict(verdict["identity"]),
            TokenFacts.from_dict(verdict["token"]),
            KeysFacts(state=keys["state"], generation=keys["generation"]),
        )
    return Rejected(
        AuthError(
            verdict["message"],
            code=verdict["code"],
            status=verdict["status"],
            challenge=verdict.get("challenge"),
            retry_after=verdict.get("retry_after"),
            details=verdict.get("details"),
        )
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, ClockError):
        return "clock"
    return "trap" if isinstance(error, Broken) else "closed"


def _refuse_awaitable(value: object) -> None:
    """A coroutine is true, and no answer: nobody here can wait for it."""
    if inspect.iscoroutine(value):
        value.close()  # without this Python warns that it was never awaited
    if inspect.isawaitable(value):
        raise TypeError("a hook returned an awaitable where nothing can be awaited")
