"""The two verifiers: `Verifier` for threads, `AsyncVerifier` for event loops.

What they share stands in `_Base`, as conversations without waiting: generators that yield what must
be waited for, are sent whether asking again may help, and return the answer.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Awaitable, Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Callable, Generic, Optional, TypeVar, Union

from . import _abi, _engine
from ._background import background
from ._contract import Contract, ContractFacts, facts_of, read_contract
from ._engine import InvalidCall
from ._errors import AuthError, PolicyError, coded
from ._events import AuthEvent, ContractWarningEvent, EventListener, VerifyEvent, event_of, tell
from ._generated import LIMITS, AuthErrorCode, AuthMode, ContractOptions, IssuerOptions
from ._hooks import refuse_no_function, vetted, vetting
from ._http import load_httpx, refuse_other_client, requests
from ._identity import Accepted, CheckResult, Identity, Rejected, TokenFacts, result_of
from ._inspection import Explanation
from ._keys import Keys
from ._options import UNSET, Unset, policy_document
from ._session import OUTAGES, Session, unavailable
from ._status import Health, IssuerStatus, RestoreResult, Snapshot
from ._store import Asked, KeyStore, vetted_store

if TYPE_CHECKING:
    from types import TracebackType

    import httpx
    from typing_extensions import Self, Unpack

__all__ = ["AsyncVerifier", "Verifier"]

AnswerT = TypeVar("AnswerT")
RevokedT = TypeVar("RevokedT")
ResolvedT = TypeVar("ResolvedT")
Names = Union[Sequence[str], AbstractSet[str]]
Credentials = Union[bytes, Rejected]

READY_SECONDS = LIMITS["fetch_timeout"] + 0.25
"""How long `ready` waits: a fetch that takes its whole time has been told of by then."""

CLOSE_SECONDS = 0.5
"""How long `close` waits for the store: to put keys there and to give back a lock."""

logger = logging.getLogger("fuzefront_authn")


@dataclass(frozen=True)
class _Need:
    """Keys that a caller should wait for, `seconds` at most."""

    issuer: int
    seen: tuple[int, ...]
    seconds: float


class _Base(Generic[RevokedT, ResolvedT]):
    """One app's policy, opened. Not to be used by itself."""

    def __init__(
        self,
        *,
        issuer: Union[str, Names, Unset, None] = UNSET,
        audience: Union[str, Names, Unset, None] = UNSET,
        mode: Optional[AuthMode] = None,
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
        http_client: Optional[httpx.Client] = None,
        is_revoked: Optional[Callable[[Identity, TokenFacts], RevokedT]] = None,
        resolve: Optional[Callable[[Identity, TokenFacts], ResolvedT]] = None,
        on_event: Optional[EventListener] = None,
        snapshot: Optional[Mapping[str, Any]] = None,
        store: Optional[KeyStore] = None,
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
        refuse_other_client(http_client)
        if store is not None:
            vetted_store(store)
        self._is_revoked = is_revoked
        self._resolve = resolve
        self._on_event = on_event
        self._contract: Optional[ContractFacts] = None
        module = _engine.shared_module()
        self._digest = module.digest
        self._session = Session(
            policy_document(single, issuers, insecure_hosts),
            module,
            time.time if clock is None else clock,
            None if on_event is None else lambda words: tell(on_event, event_of(words)),
        )
        self._keys = Keys(
            self._session,
            http_client,
            None if store is None else Asked(store, background),
            background,
            requests,
            keep=background_refresh,
        )
        if self._keys.fetches and http_client is None:
            load_httpx()
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
        http_client: Optional[httpx.Client] = None,
        is_revoked: Optional[Callable[[Identity, TokenFacts], RevokedT]] = None,
        resolve: Optional[Callable[[Identity, TokenFacts], ResolvedT]] = None,
        on_event: Optional[EventListener] = None,
        snapshot: Optional[Mapping[str, Any]] = None,
        store: Optional[KeyStore] = None,
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
        verifier._contract = facts = facts_of(answer)
        if facts.warning is not None:
            logger.warning("%s", facts.warning)
            verifier._tell(ContractWarningEvent(facts.app, facts.environment, facts.warning))
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
        return self._session.fingerprint

    def status(self) -> tuple[IssuerStatus, ...]:
        """The keys of every issuer entry, in the order of the policy.

        Raises AuthError (`VERIFIER_UNAVAILABLE`) after `close`, or when no verdict is possible.
        """
        return self._asked(self._keys.status)

    def health(self) -> Health:
        """What a readiness probe asks: how it stands now. Never waits, never raises.

        What is due is fetched in the background, so that a verifier that gets no tokens finds its
        keys again.
        """
        return self._keys.health()

    def snapshot(self) -> Snapshot:
        """The key sets that were fetched, for a process that starts later: the option `snapshot`.

        It has a JSON form. Raises as `status`.
        """
        return self._asked(self._keys.snapshot)

    def restore(self, snapshot: Mapping[str, Any]) -> tuple[RestoreResult, ...]:
        """Takes in the key sets that are newer than those in force; what became of each.

        Raises PolicyError for what is not a snapshot, and as `status`.
        """
        return self._asked(lambda: self._keys.restore(snapshot))

    @property
    def _discovery_url(self) -> Optional[str]:
        """Where the discovery document is of the first issuer whose keys are found by one."""
        for row in self._session.issuers:
            if row["keys"] == "discovery":
                issuer: str = row["issuer"][0]
                # OpenID Connect Discovery 1.0 section 4.1: a terminating "/" is removed first.
                return issuer.removesuffix("/") + "/.well-known/openid-configuration"
        return None

    def _restore_at_start(self, snapshot: Mapping[str, Any]) -> None:
        """As `restore`; but nothing else than the shape may keep a service from starting."""
        try:
            results = self.restore(snapshot)
        except AuthError as error:
            logger.warning("the snapshot could not be restored: %s", error.details.get("reason"))
            return
        for i, result in enumerate(results):
            if result.reason is not None:
                logger.warning("record %d of the snapshot was refused: %s", i, result.reason)

    def _asked(self, ask: Callable[[], AnswerT]) -> AnswerT:
        try:
            return ask()
        except OUTAGES as error:
            raise unavailable(error) from error

    def _verdict(self, flags: int, data: Credentials) -> Generator[_Need, bool, CheckResult]:
        """The whole check but for the hooks."""
        if isinstance(data, Rejected):
            return data
        ask = partial(self._session.verify, data, flags)
        try:
            return result_of((yield from self._settled(ask, lambda answer: answer)))
        except OUTAGES as error:
            return Rejected(unavailable(error))

    def _explanation(self, token: object, values: bool) -> Generator[_Need, bool, Explanation]:
        data = self._token(token)
        if isinstance(data, Rejected):
            raise data.error
        ask = partial(self._session.explain, data, _abi.VALUES if values else 0)
        try:
            answer = yield from self._settled(ask, lambda answer: answer["verdict"])
        except OUTAGES as error:
            raise unavailable(error) from error
        return Explanation.from_dict(answer)

    def _settled(
        self, ask: Callable[[int], dict[str, Any]], verdict_of: Callable[[Any], Any]
    ) -> Generator[_Need, bool, dict[str, Any]]:
        """The answer once no more keys are needed, or none come in time."""
        self._keys.visit()
        deadline: Optional[float] = None
        attempt = 0
        while True:
            seen = self._keys.seen()
            answer = ask(attempt)
            verdict = verdict_of(answer)
            if verdict["verdict"] != "keys_needed":
                if "fetch" in verdict:
                    self._keys.bring(verdict["fetch"], seen)
                return answer
            if attempt == _abi.LAST_ATTEMPT:
                raise InvalidCall("the module asks for keys once more than it says")
            if deadline is None:
                deadline = time.monotonic() + verdict["wait"]
            left = max(0.0, deadline - time.monotonic())
            coming = yield _Need(verdict["issuer"], seen, left)
            attempt = min(attempt + 1, _abi.LAST_ATTEMPT) if coming else _abi.LAST_ATTEMPT

    def _check_sync(self, data: Credentials) -> CheckResult:
        begun = time.monotonic()
        steps = self._verdict(0, data)
        try:
            next(steps)
            while True:
                steps.send(False)  # the last verdict begins the fetch
        except StopIteration as end:
            verdict: CheckResult = end.value
        return self._done(self._vetted_here(verdict), verdict, begun)

    def _vetted_here(self, verdict: CheckResult) -> CheckResult:
        """The hooks, where nothing can be awaited."""
        if isinstance(verdict, Accepted):
            return vetted(vetting(self._is_revoked, self._resolve, verdict))
        return verdict

    def _done(self, result: CheckResult, verdict: CheckResult, begun: float) -> CheckResult:
        """Tells of a check; `verdict` is what it was before the hooks."""
        if self._on_event is not None:
            code = None if result.ok else result.error.code
            outage = not result.ok and result.error.status == 503
            algorithm = verdict.token.alg if isinstance(verdict, Accepted) else None
            outcome: Any = "unavailable" if outage else "accepted" if result.ok else "rejected"
            duration = max(0.0, time.monotonic() - begun)
            self._tell(VerifyEvent(outcome, code, algorithm, duration))
        return result

    def _tell(self, event: AuthEvent) -> None:
        if self._on_event is not None:
            tell(self._on_event, event)

    def _ready(self) -> tuple[IssuerStatus, ...]:
        rows = self.status()
        if not any(row.usable for row in rows):
            details = {"reason": "no_keys", "issuer": list(rows[0].issuer)}
            raise coded("JWKS_UNAVAILABLE", details=details)
        return rows

    def _token(self, token: object) -> Credentials:
        """A token as the module takes it; what is not text is not worth asking about."""
        if token is None:
            return b""
        return _encoded(token) if isinstance(token, str) else _no_text("MALFORMED")

    def _authorization(self, value: object) -> Credentials:
        """The value (or values) of an `Authorization` header as the module takes it."""
        if isinstance(value, (list, tuple)):
            if len(value) > 1:
                return Rejected(coded("INVALID_REQUEST", details={"reason": "several_headers"}))
            value = value[0] if value else None
        if value is None:
            return b""
        return _encoded(value) if isinstance(value, str) else _no_text("INVALID_REQUEST")


class Verifier(_Base[bool, Identity]):
    """Decides on tokens. Make one per app and share it: every method may be called from any thread.

    `issuer` and `audience` must be given, or `issuers` with one entry for each issuer. Keys come
    from the issuer's discovery document, from `jwks_uri`, or are the `keys` given. `clock` returns
    epoch seconds. `is_revoked` and `resolve` get the identity and the token facts of an accepted
    token; `resolve` returns the identity to use. Raises PolicyError for options that are refused.
    """

    def verify(self, token: Optional[str]) -> Identity:
        """The identity of a valid token. Raises AuthError for any other."""
        result = self.check(token)
        if result.ok:
            return result.identity
        raise result.error

    def check(self, token: Optional[str]) -> CheckResult:
        """As `verify`, with the answer as a value: never raises for a bad token."""
        return self._check(0, self._token(token))

    def check_authorization(self, value: Union[str, Sequence[str], None]) -> CheckResult:
        """As `check`, for the value (or values) of an `Authorization` header.

        RFC 6750 section 2.1.
        """
        return self._check(_abi.AUTHORIZATION, self._authorization(value))

    def check_sync(self, token: Optional[str]) -> CheckResult:
        """As `check`, with the keys there are: what would have to wait is `JWKS_UNAVAILABLE`.

        They are fetched in the background.
        """
        return self._check_sync(self._token(token))

    def explain(self, token: Optional[str], *, values: bool = False) -> Explanation:
        """Every check, and where it ended; `values` shows what claims hold.

        The hooks are not asked. Raises AuthError (`VERIFIER_UNAVAILABLE`) where `check` has it.
        """
        return self._drive(self._explanation(token, values))

    def ready(self) -> tuple[IssuerStatus, ...]:
        """Fetches what is missing or due, and tells how it stands; waits no longer than one fetch.

        Raises AuthError (`JWKS_UNAVAILABLE`) only when no issuer has keys that may be used.
        """
        self._keys.visit()
        seen = self._keys.seen()
        self._wait(self._asked(self._keys.wanted), seen, READY_SECONDS)
        return self._ready()

    def close(self) -> None:
        """Stops fetching and forgets the policy and every key; checks are refused from now on."""
        told: SimpleQueue[bool] = SimpleQueue()
        if self._keys.close(told.put):
            with suppress(Empty):
                told.get(timeout=CLOSE_SECONDS)

    def __enter__(self) -> Verifier:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]] = None,
        error: Optional[BaseException] = None,
        traceback: Optional[TracebackType] = None,
    ) -> None:
        self.close()

    def _check(self, flags: int, data: Credentials) -> CheckResult:
        begun = time.monotonic()
        verdict = self._drive(self._verdict(flags, data))
        return self._done(self._vetted_here(verdict), verdict, begun)

    def _drive(self, steps: Generator[_Need, bool, AnswerT]) -> AnswerT:
        try:
            need = next(steps)
            while True:
                need = steps.send(self._wait([need.issuer], need.seen, need.seconds))
        except StopIteration as end:
            answer: AnswerT = end.value
            return answer

    def _wait(self, issuers: Sequence[int], seen: tuple[int, ...], seconds: float) -> bool:
        """Whether the keys of all of them came."""
        told: SimpleQueue[bool] = SimpleQueue()
        for issuer in issuers:
            self._keys.bring(issuer, seen, told.put)
        deadline = time.monotonic() + seconds
        try:
            came = [told.get(timeout=max(0.0, deadline - time.monotonic())) for _ in issuers]
        except Empty:
            return False
        return all(came)


class AsyncVerifier(_Base[Union[bool, Awaitable[bool]], Union[Identity, Awaitable[Identity]]]):
    """As `Verifier`, for asyncio. `is_revoked` and `resolve` may be coroutine functions.

    A verification takes less than a millisecond and is done in the loop; only the waiting for keys
    is awaited, which are fetched in a thread. May be shared between event loops and threads.
    """

    async def verify(self, token: Optional[str]) -> Identity:
        """The identity of a valid token. Raises AuthError for any other."""
        result = await self.check(token)
        if result.ok:
            return result.identity
        raise result.error

    async def check(self, token: Optional[str]) -> CheckResult:
        """As `verify`, with the answer as a value: never raises for a bad token."""
        return await self._check(0, self._token(token))

    async def check_authorization(self, value: Union[str, Sequence[str], None]) -> CheckResult:
        """As `check`, for the value (or values) of an `Authorization` header.

        RFC 6750 section 2.1.
        """
        return await self._check(_abi.AUTHORIZATION, self._authorization(value))

    def check_sync(self, token: Optional[str]) -> CheckResult:
        """As `check`, with the keys there are: what would have to wait is `JWKS_UNAVAILABLE`.

        They are fetched in the background. Hooks that are coroutine functions cannot be asked:
        `VERIFIER_UNAVAILABLE`.
        """
        return self._check_sync(self._token(token))

    async def explain(self, token: Optional[str], *, values: bool = False) -> Explanation:
        """Every check, and where it ended; `values` shows what claims hold.

        The hooks are not asked. Raises AuthError (`VERIFIER_UNAVAILABLE`) where `check` has it.
        """
        return await self._drive(self._explanation(token, values))

    async def ready(self) -> tuple[IssuerStatus, ...]:
        """Fetches what is missing or due, and tells how it stands; waits no longer than one fetch.

        Raises AuthError (`JWKS_UNAVAILABLE`) only when no issuer has keys that may be used.
        """
        self._keys.visit()
        seen = self._keys.seen()
        await self._wait(self._asked(self._keys.wanted), seen, READY_SECONDS)
        return self._ready()

    async def close(self) -> None:
        """Stops fetching and forgets the policy and every key; checks are refused from now on."""
        notify, future = _future()
        if self._keys.close(notify):
            await asyncio.wait([future], timeout=CLOSE_SECONDS)

    async def __aenter__(self) -> AsyncVerifier:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]] = None,
        error: Optional[BaseException] = None,
        traceback: Optional[TracebackType] = None,
    ) -> None:
        await self.close()

    async def _check(self, flags: int, data: Credentials) -> CheckResult:
        begun = time.monotonic()
        verdict = await self._drive(self._verdict(flags, data))
        result = await self._vetted(verdict) if isinstance(verdict, Accepted) else verdict
        return self._done(result, verdict, begun)

    async def _drive(self, steps: Generator[_Need, bool, AnswerT]) -> AnswerT:
        try:
            need = next(steps)
            while True:
                need = steps.send(await self._wait([need.issuer], need.seen, need.seconds))
        except StopIteration as end:
            answer: AnswerT = end.value
            return answer

    async def _wait(self, issuers: Sequence[int], seen: tuple[int, ...], seconds: float) -> bool:
        """Whether the keys of all of them came."""
        futures = []
        for issuer in issuers:
            notify, future = _future()
            self._keys.bring(issuer, seen, notify)
            futures.append(future)
        if futures:
            await asyncio.wait(futures, timeout=seconds)
        return all(future.done() and future.result() for future in futures)

    async def _vetted(self, accepted: Accepted) -> CheckResult:
        steps = vetting(self._is_revoked, self._resolve, accepted)
        try:
            hook = next(steps)
            while True:
                try:
                    value = hook()
                    if inspect.isawaitable(value):
                        value = await value
                except Exception as error:
                    hook = steps.throw(error)
                else:
                    hook = steps.send(value)
        except StopIteration as end:
            result: CheckResult = end.value
            return result


def _future() -> tuple[Callable[[bool], None], asyncio.Future[bool]]:
    """A future of the running loop, and what resolves it from any thread."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[bool] = loop.create_future()

    def resolve(coming: bool) -> None:
        if not future.done():
            future.set_result(coming)

    def notify(coming: bool) -> None:
        with suppress(RuntimeError):  # the loop is closed: nothing waits
            loop.call_soon_threadsafe(resolve, coming)

    return notify, future


def _encoded(text: str) -> bytes:
    # Lone surrogates become bytes that are not UTF-8: for the module to refuse.
    return text.encode("utf-8", "surrogatepass")


def _no_text(code: AuthErrorCode) -> Rejected:
    return Rejected(coded(code, details={"reason": "not_text"}))
