"""The verifier for event loops: it waits only for keys, and never blocks the loop."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Optional, Union

from ._async_keys import AsyncFetcher
from ._base import BaseVerifier, authorization_message, token_message
from ._exchange import Need
from ._identity import Accepted, CheckResult, Identity
from ._keys import FETCH_SECONDS

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

__all__ = ["AsyncVerifier"]


class AsyncVerifier(
    BaseVerifier[
        "httpx.AsyncClient",
        Union[object, Awaitable[object]],
        Union[Identity, Awaitable[Identity]],
    ]
):
    """As `Verifier`, for asyncio. `is_revoked` and `resolve` may be coroutine functions.

    A verification itself takes well under a millisecond and is done in the loop; only the waiting
    for keys is awaited. May be shared between event loops and threads.
    """

    async def verify(self, token: Optional[str]) -> Identity:
        """The identity of a valid token. Raises AuthError for any other."""
        result = await self.check(token)
        if result.ok:
            return result.identity
        raise result.error

    async def check(self, token: Optional[str]) -> CheckResult:
        """As `verify`, with the answer as a value: never raises for a bad token."""
        return await self._check(*token_message(token))

    async def check_authorization(self, value: Optional[str]) -> CheckResult:
        """As `check`, for the value of an `Authorization` header (RFC 6750 §2.1), or None."""
        return await self._check(*authorization_message(value))

    def check_sync(self, token: Optional[str]) -> CheckResult:
        """As `check`, with the keys there are: what would have to wait is `JWKS_UNAVAILABLE`.

        Hooks that are coroutine functions cannot be asked here: `VERIFIER_UNAVAILABLE`.
        """
        exchange = self._exchange(*token_message(token))
        try:
            next(exchange)
            while True:
                exchange.send(False)
        except StopIteration as end:
            result: CheckResult = end.value
        return self._vetted(result) if isinstance(result, Accepted) else result

    async def ready(self) -> None:
        """Fetches the keys of every issuer that has none yet, waiting for the answers.

        Raises AuthError (`JWKS_UNAVAILABLE`) when one stays without.
        """
        for issuer, need in self._unusable():
            if self._fetcher is not None:
                await self._fetcher.join(issuer, need, 2 * FETCH_SECONDS)
        self._require_usable()

    async def close(self) -> None:
        """Stops fetching and forgets the policy and every key; checks are refused from now on."""
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

    def _start(self, http_client: Optional[httpx.AsyncClient]) -> None:
        fetches = self._fetches()
        self._fetcher = AsyncFetcher(self._core, self._clock, http_client) if fetches else None

    async def _check(self, form: int, data: bytes) -> CheckResult:
        exchange = self._exchange(form, data)
        deadline: Optional[float] = None
        try:
            need = next(exchange)
            while True:
                if deadline is None:
                    deadline = time.monotonic() + need.wait
                need = exchange.send(await self._meet(need, deadline))
        except StopIteration as end:
            result: CheckResult = end.value
        return await self._vetted_async(result) if isinstance(result, Accepted) else result

    async def _meet(self, need: Need, deadline: float) -> bool:
        if self._fetcher is None:
            return False
        if need.background:
            self._fetcher.begin(need)
            return False
        return await self._fetcher.wait(need, deadline - time.monotonic())

    async def _vetted_async(self, accepted: Accepted) -> CheckResult:
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
