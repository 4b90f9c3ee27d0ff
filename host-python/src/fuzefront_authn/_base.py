"""What `Verifier` and `AsyncVerifier` share: options, verdicts, hooks. No I/O, no waiting."""

from __future__ import annotations

import inspect
import time
from collections.abc import Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Callable, Generic, Literal, Optional, TypeVar, Union

from . import _engine
from ._core import Closed, Core
from ._engine import Broken, InvalidCall
from ._errors import AuthError, AuthErrorCode, PolicyError
from ._exchange import ClockError, Need, read_clock, verdict_exchange
from ._identity import Accepted, CheckResult, Identity, KeysFacts, Rejected, TokenFacts
from ._policy import UNSET, IssuerOptions, Unset, policy_document
from ._status import IssuerStatus

__all__ = ["BaseVerifier"]

ClientT = TypeVar("ClientT")
RevokedT = TypeVar("RevokedT")
ResolvedT = TypeVar("ResolvedT")
Names = Union[Sequence[str], AbstractSet[str]]


class BaseVerifier(Generic[ClientT, RevokedT, ResolvedT]):
    """One app's policy, opened. Not to be used by itself."""

    def __init__(
        self,
        *,
        issuer: Union[str, Names, Unset, None] = UNSET,
        audience: Union[str, Names, Unset, None] = UNSET,
        mode: Optional[Literal["federated-jwks", "legacy-hs256"]] = None,
        secret: Union[bytes, str, None] = None,
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
            "mode": mode,
            "secret": secret,
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
        hooks = {"clock": clock, "is_revoked": is_revoked, "resolve": resolve}
        for name, hook in hooks.items():
            if hook is not None and not callable(hook):
                raise PolicyError("is not a function", path=f"/{name}")
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

    def status(self) -> tuple[IssuerStatus, ...]:
        """The keys of every issuer entry, in the order of the policy.

        Raises AuthError (`VERIFIER_UNAVAILABLE`) after `close`, or when there is no telling.
        """
        try:
            rows = self._core.status(read_clock(self._clock))["issuers"]
        except (Broken, ClockError, InvalidCall) as error:
            raise self._unavailable(error) from error
        return tuple(IssuerStatus.from_dict(row) for row in rows)

    def _start(self, http_client: Optional[ClientT]) -> None:
        raise NotImplementedError

    def _fetches(self) -> bool:
        return any(row["keys"] in ("discovery", "jwks_uri") for row in self._core.issuers)

    def _exchange(
        self, form: int, data: Union[bytes, Rejected]
    ) -> Generator[Need, bool, CheckResult]:
        """The whole check but for the hooks; yields what must be fetched."""
        if isinstance(data, Rejected):
            return data
        try:
            verdict = yield from verdict_exchange(self._core, self._clock, form, data)
        except (Broken, ClockError, InvalidCall) as error:
            return Rejected(self._unavailable(error))
        return _result(verdict)

    def _vetting(self, accepted: Accepted) -> Generator[Callable[[], object], object, CheckResult]:
        """The hooks, in order: yields calls to make, is sent (or thrown) what they gave."""
        identity, token = accepted.identity, accepted.token
        reason = "revocation"
        try:
            if self._is_revoked is not None:
                is_revoked = self._is_revoked
                revoked = yield lambda: is_revoked(identity, token)
                # Neither yes nor no (a forgotten `return`, a row) must not pass as "no".
                if not isinstance(revoked, bool):
                    raise TypeError("`is_revoked` must return True or False")
                if revoked:
                    return Rejected(self._core.error("REVOKED"))
            reason = "resolver"
            if self._resolve is not None:
                resolve = self._resolve
                resolved = yield lambda: resolve(identity, token)
                return Accepted(_sound(resolved), token, accepted.keys)
        except Exception as error:
            # Neither an outage of the store nor a bug in a hook may let a token through.
            return Rejected(self._unavailable(error, reason))
        return accepted

    def _vetted(self, accepted: Accepted) -> CheckResult:
        steps = self._vetting(accepted)
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

    def _unusable(self) -> list[tuple[int, Optional[Need]]]:
        """The issuers without keys, each with the fetch that would bring them, if one is due."""
        epochs = [self._core.epoch(issuer) for issuer in range(len(self._core.issuers))]
        return [
            (i, None if row.fetch is None else Need.of(row.fetch, epochs[i]))
            for i, row in enumerate(self.status())
            if not row.usable
        ]

    def _ready(self) -> tuple[IssuerStatus, ...]:
        rows = self.status()
        for row in rows:
            if not row.usable:
                details = {"reason": "no_keys", "issuer": list(row.issuer)}
                raise self._core.error("JWKS_UNAVAILABLE", details=details)
        return rows

    def _token(self, token: object) -> Union[bytes, Rejected]:
        """A token as the module takes it; what is no text is not worth asking about."""
        if token is None:
            return b""
        return _encoded(token) if isinstance(token, str) else self._no_text("MALFORMED")

    def _authorization(self, value: object) -> Union[bytes, Rejected]:
        """The value (or values) of an `Authorization` header as the module takes it."""
        if isinstance(value, (list, tuple)):
            if len(value) > 1:
                details = {"reason": "several_headers"}
                return Rejected(self._core.error("INVALID_REQUEST", details=details))
            value = value[0] if value else None
        if value is None:
            return b""
        return _encoded(value) if isinstance(value, str) else self._no_text("INVALID_REQUEST")

    def _no_text(self, code: AuthErrorCode) -> Rejected:
        return Rejected(self._core.error(code))

    def _unavailable(self, cause: Exception, reason: Optional[str] = None) -> AuthError:
        if isinstance(cause, _AsynchronousHook):
            reason = "asynchronous_hook"
        details = {"reason": reason or _reason(cause)}
        error = self._core.error("VERIFIER_UNAVAILABLE", details=details)
        error.__cause__ = cause
        return error


def _encoded(text: str) -> bytes:
    # Lone surrogates become bytes that are no UTF-8: for the module to refuse.
    return text.encode("utf-8", "surrogatepass")


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


def _reason(error: Exception) -> str:
    if isinstance(error, ClockError):
        return "clock"
    if isinstance(error, Closed):
        return "closed"
    return "trap" if isinstance(error, Broken) else "invalid_call"


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
