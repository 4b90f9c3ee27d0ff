"""What `Verifier` and `AsyncVerifier` share: options, verdicts, hooks. No I/O, no waiting."""

from __future__ import annotations

import inspect
import time
from collections.abc import Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Callable, Generic, Literal, Optional, TypeVar, Union

from . import _engine
from ._answers import result_of, unavailable
from ._archive import Archive
from ._contract import Contract, ContractFacts, facts_of, read_contract
from ._core import TOKEN, Core
from ._engine import Broken, InvalidCall
from ._errors import AuthErrorCode, PolicyError
from ._events import EventListener
from ._exchange import ClockError, Need, ask_explanation, verdict_exchange
from ._explanation import Explanation
from ._holder import KeyHolder
from ._hooks import refuse_no_function, vetted, vetting
from ._identity import Accepted, CheckResult, Identity, Rejected, TokenFacts
from ._keeper import Keeper
from ._observer import Observer
from ._policy import (
    UNSET,
    ContractOptions,
    IssuerOptions,
    Unset,
    policy_document,
)

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

__all__ = ["BaseVerifier"]

ClientT = TypeVar("ClientT")
RevokedT = TypeVar("RevokedT")
ResolvedT = TypeVar("ResolvedT")
StoreT = TypeVar("StoreT")
Names = Union[Sequence[str], AbstractSet[str]]


class BaseVerifier(KeyHolder, Generic[ClientT, RevokedT, ResolvedT, StoreT]):
    """One app's policy, opened. Not to be used by itself."""

    _keeper_type: type[Keeper] = Keeper

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
        on_event: Optional[EventListener] = None,
        snapshot: Optional[Mapping[str, Any]] = None,
        store: Optional[StoreT] = None,
        background_refresh: bool = True,
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
        refuse_no_function(clock=clock, is_revoked=is_revoked, resolve=resolve, on_event=on_event)
        if inspect.iscoroutinefunction(on_event):
            raise PolicyError("is called, not awaited", path="/on_event")
        if not isinstance(background_refresh, bool):
            raise PolicyError("is not a boolean", path="/background_refresh")
        module = _engine.shared_module()
        self._digest = module.digest
        self._core = Core(policy_document(single, issuers, insecure_hosts), module)
        self._clock = time.time if clock is None else clock
        self._is_revoked = is_revoked
        self._resolve = resolve
        self._contract: Optional[ContractFacts] = None
        self._observer = Observer(self._core, self._clock, on_event)
        self._archive = Archive(self._core, self._clock)
        self._start(http_client, store)
        if background_refresh and self._fetches():
            self._keeper = self._keeper_type(self._seconds_to_due, self._fetch_overdue)
        if snapshot is not None:
            self._restore_at_start(snapshot)

    @classmethod
    def from_contract(
        cls,
        contract: Contract,
        *,
        app: str,
        environment: Optional[str] = None,
        insecure_hosts: Optional[Names] = None,
        clock: Optional[Callable[[], float]] = None,
        http_client: Optional[ClientT] = None,
        is_revoked: Optional[Callable[[Identity, TokenFacts], RevokedT]] = None,
        resolve: Optional[Callable[[Identity, TokenFacts], ResolvedT]] = None,
        on_event: Optional[EventListener] = None,
        snapshot: Optional[Mapping[str, Any]] = None,
        store: Optional[StoreT] = None,
        background_refresh: bool = True,
        **options: Unpack[ContractOptions],
    ) -> Self:
        """The verifier of one app of a contract: a document, or the path of a file that holds one.

        `environment` may be left out where the contract has one. `options` are added to, or stand
        instead of, what the contract says. Raises ContractError for anything that is refused.
        """
        given = {**options, "insecure_hosts": insecure_hosts}
        answer = read_contract(contract, app=app, environment=environment, options=given)
        verifier = cls(
            **answer["policy"],
            clock=clock,
            http_client=http_client,
            is_revoked=is_revoked,
            resolve=resolve,
            on_event=on_event,
            snapshot=snapshot,
            store=store,
            background_refresh=background_refresh,
        )
        verifier._contract = facts_of(answer)
        verifier._observer.contract_read(verifier._contract)
        return verifier

    @property
    def contract(self) -> Optional[ContractFacts]:
        """The contract this verifier was made from; None for one made from options."""
        return self._contract

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

    def _start(self, http_client: Optional[ClientT], store: Optional[StoreT]) -> None:
        raise NotImplementedError

    def _exchange(
        self, form: int, data: Union[bytes, Rejected]
    ) -> Generator[Need, bool, CheckResult]:
        """The whole check but for the hooks; yields what must be fetched."""
        if isinstance(data, Rejected):
            return data
        try:
            exchange = verdict_exchange(self._core, self._clock, form, data)
            verdict = yield from self._observer.watched(exchange)
        except (Broken, ClockError, InvalidCall) as error:
            return Rejected(unavailable(self._core, error))
        return result_of(verdict)

    def _check_sync(self, data: Union[bytes, Rejected]) -> CheckResult:
        begun = time.monotonic()
        self._visit()
        exchange = self._exchange(TOKEN, data)
        try:
            need = next(exchange)
            while True:
                self._begin(need)
                need = exchange.send(False)
        except StopIteration as end:
            verdict: CheckResult = end.value
        result = vetted(self._vetting(verdict)) if isinstance(verdict, Accepted) else verdict
        return self._observer.checked(result, verdict, begun, TOKEN, data)

    def _explanation(self, token: object, values: bool) -> Generator[Need, bool, Explanation]:
        """As `_exchange`, with every step."""
        data = self._token(token)
        if isinstance(data, Rejected):
            raise data.error
        try:
            answer = yield from ask_explanation(self._core, self._clock, TOKEN, data, values)
        except (Broken, ClockError, InvalidCall) as error:
            raise unavailable(self._core, error) from error
        return Explanation.from_dict(answer)

    def _vetting(self, accepted: Accepted) -> Generator[Callable[[], object], object, CheckResult]:
        return vetting(self._core, self._is_revoked, self._resolve, accepted)

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
        return Rejected(self._core.error(code, details={"reason": "not_text"}))


def _encoded(text: str) -> bytes:
    # Lone surrogates become bytes that are no UTF-8: for the module to refuse.
    return text.encode("utf-8", "surrogatepass")
