"""The verifier for event loops: it waits only for keys, and never blocks the loop."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Generator, Sequence
from typing import TYPE_CHECKING, Optional, TypeVar, Union

from ._async_keys import AsyncFetcher
from ._base import BaseVerifier
from ._core import AUTHORIZATION, TOKEN
from ._exchange import Need
from ._explanation import Explanation
from ._holder import READY_SECONDS
from ._http import refuse_other_client
from ._identity import Accepted, CheckResult, Identity, Rejected
from ._keeper import AsyncKeeper
from ._status import IssuerStatus
from ._store import AsyncGuardedStore, AsyncKeyStore, vetted_store

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

__all__ = ["AsyncVerifier"]

AnswerT = TypeVar("AnswerT")


class AsyncVerifier(
    BaseVerifier[
        "httpx.AsyncClient",
        Union[bool, Awaitable[bool]],
        Union[Identity, Awaitable[Identity]],
        AsyncKeyStore,
    ]
):
    """As `Verifier`, for asyncio. `is_revoked` and `resolve` may be coroutine functions.

    A verification itself takes about a millisecond and is done in the loop; only the waiting
    for keys is awaited. May be shared between event loops and threads.
    """

    _keeper_type = AsyncKeeper

    async def verify(self, token: Optional[str]) -> Identity:
        """The identity of a valid token. Raises AuthError for any other."""
        result = await self.check(token)
        if result.ok:
            return result.identity
        raise result.error

    async def check(self, token: Optional[str]) -> CheckResult:
        """As `verify`, with the answer as a value: never raises for a bad token."""
        return await self._check(TOKEN, self._token(token))

    async def check_authorization(self, value: Union[str, Sequence[str], None]) -> CheckResult:
        """As `check`, for the value (or values) of an `Authorization` header (RFC 6750 §2.1)."""
        return await self._check(AUTHORIZATION, self._authorization(value))

    def check_sync(self, token: Optional[str]) -> CheckResult:
        """As `check`, with the keys there are: what would have to wait is `JWKS_UNAVAILABLE`.

        They are fetched in the background when an event loop runs here. Hooks that are coroutine
        functions cannot be asked: `VERIFIER_UNAVAILABLE`.
        """
        return self._check_sync(self._token(token))

    async def explain(self, token: Optional[str], *, values: bool = False) -> Explanation:
        """Every step of `check`, and where it ended; `values` shows what claims hold.

        The hooks are not asked. Raises AuthError (`VERIFIER_UNAVAILABLE`) where `check` has it.
        """
        return await self._drive(self._explanation(token, values))

    async def ready(self) -> tuple[IssuerStatus, ...]:
        """Fetches what is missing or due, and tells how it stands; waits no longer than one fetch.

        Raises AuthError (`JWKS_UNAVAILABLE`) only when no issuer has keys that may be used.
        """
        self._visit()
        needs = self._due()
        if self._fetcher is not None:
            await self._fetcher.settle(needs, READY_SECONDS)
        return self._ready()

    async def close(self) -> None:
        """Stops fetching and forgets the policy and every key; checks are refused from now on."""
        self._stop_keeping()
        self._core.close()
        if self._fetcher is not None:
            await self._fetcher.close()

    async def __aenter__(self) -> AsyncVerifier:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]] = None,
        error: Optional[BaseException] = None,
        traceback: Optional[TracebackType] = None,
    ) -> None:
        await self.close()

    def _start(
        self, http_client: Optional[httpx.AsyncClient], store: Optional[AsyncKeyStore]
    ) -> None:
        refuse_other_client(http_client, asynchronous=True)
        guarded: Optional[AsyncGuardedStore] = None
        if store is not None:
            sharing = self._sharing(vetted_store(store, asynchronous=True))
            guarded = AsyncGuardedStore(store, sharing, self._observer.store_failed)
        self._fetcher: Optional[AsyncFetcher] = None
        if self._fetches():
            self._fetcher = AsyncFetcher(
                self._core, self._clock, http_client, self._observer, guarded, self._watch
            )

    async def _check(self, form: int, data: Union[bytes, Rejected]) -> CheckResult:
        begun = time.monotonic()
        self._visit()
        verdict = await self._drive(self._exchange(form, data))
        result = await self._vetted(verdict) if isinstance(verdict, Accepted) else verdict
        return self._observer.checked(result, verdict, begun, form, data)

    async def _drive(self, exchange: Generator[Need, bool, AnswerT]) -> AnswerT:
        deadline: Optional[float] = None
        try:
            need = next(exchange)
            while True:
                if deadline is None:
                    deadline = time.monotonic() + need.wait
                need = exchange.send(await self._meet(need, deadline))
        except StopIteration as end:
            answer: AnswerT = end.value
            return answer

    def _begin(self, need: Need) -> None:
        if self._fetcher is not None and _in_event_loop():
            self._fetcher.begin(need)

    async def _meet(self, need: Need, deadline: float) -> bool:
        if self._fetcher is None:
            return False
        if need.background:
            self._begin(need)
            return False
        return await self._fetcher.wait(need, deadline - time.monotonic())

    async def _vetted(self, accepted: Accepted) -> CheckResult:
        steps = self._vetting(accepted)
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


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
