"""The verifier for code that waits: scripts, threads, sync endpoints."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Optional, TypeVar, Union

from ._base import BaseVerifier
from ._core import AUTHORIZATION, TOKEN
from ._exchange import Need
from ._explanation import Explanation
from ._holder import READY_SECONDS
from ._hooks import vetted
from ._http import refuse_other_client
from ._identity import Accepted, CheckResult, Identity, Rejected
from ._keys import Fetcher
from ._status import IssuerStatus
from ._store import GuardedStore, KeyStore, vetted_store

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

__all__ = ["Verifier"]

AnswerT = TypeVar("AnswerT")


class Verifier(BaseVerifier["httpx.Client", bool, Identity, KeyStore]):
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
        return self._check(TOKEN, self._token(token))

    def check_authorization(self, value: Union[str, Sequence[str], None]) -> CheckResult:
        """As `check`, for the value (or values) of an `Authorization` header (RFC 6750 §2.1)."""
        return self._check(AUTHORIZATION, self._authorization(value))

    def check_sync(self, token: Optional[str]) -> CheckResult:
        """As `check`, with the keys there are: what would have to wait is `JWKS_UNAVAILABLE`.

        They are fetched in the background.
        """
        return self._check_sync(self._token(token))

    def explain(self, token: Optional[str], *, values: bool = False) -> Explanation:
        """Every step of `check`, and where it ended; `values` shows what claims hold.

        The hooks are not asked. Raises AuthError (`VERIFIER_UNAVAILABLE`) where `check` has it.
        """
        return self._drive(self._explanation(token, values))

    def ready(self) -> tuple[IssuerStatus, ...]:
        """Fetches what is missing or due, and tells how it stands; waits no longer than one fetch.

        Raises AuthError (`JWKS_UNAVAILABLE`) only when no issuer has keys that may be used.
        """
        self._visit()
        needs = self._due()
        if self._fetcher is not None:
            self._fetcher.settle(needs, READY_SECONDS)
        return self._ready()

    def close(self) -> None:
        """Stops fetching and forgets the policy and every key; checks are refused from now on."""
        self._stop_keeping()
        self._core.close()
        if self._fetcher is not None:
            self._fetcher.close()

    def __enter__(self) -> Verifier:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]] = None,
        error: Optional[BaseException] = None,
        traceback: Optional[TracebackType] = None,
    ) -> None:
        self.close()

    def _start(self, http_client: Optional[httpx.Client], store: Optional[KeyStore]) -> None:
        refuse_other_client(http_client, asynchronous=False)
        guarded: Optional[GuardedStore] = None
        if store is not None:
            sharing = self._sharing(vetted_store(store, asynchronous=False))
            guarded = GuardedStore(store, sharing, self._observer.store_failed)
        self._fetcher: Optional[Fetcher] = None
        if self._fetches():
            self._fetcher = Fetcher(
                self._core, self._clock, http_client, self._observer, guarded, self._watch
            )

    def _check(self, form: int, data: Union[bytes, Rejected]) -> CheckResult:
        begun = time.monotonic()
        self._visit()
        verdict = self._drive(self._exchange(form, data))
        result = vetted(self._vetting(verdict)) if isinstance(verdict, Accepted) else verdict
        return self._observer.checked(result, verdict, begun, form, data)

    def _drive(self, exchange: Generator[Need, bool, AnswerT]) -> AnswerT:
        deadline: Optional[float] = None
        try:
            need = next(exchange)
            while True:
                if deadline is None:
                    deadline = time.monotonic() + need.wait
                need = exchange.send(self._meet(need, deadline))
        except StopIteration as end:
            answer: AnswerT = end.value
            return answer

    def _begin(self, need: Need) -> None:
        if self._fetcher is not None:
            self._fetcher.begin(need)

    def _meet(self, need: Need, deadline: float) -> bool:
        if self._fetcher is None:
            return False
        if need.background:
            self._begin(need)
            return False
        return self._fetcher.wait(need, deadline - time.monotonic())
