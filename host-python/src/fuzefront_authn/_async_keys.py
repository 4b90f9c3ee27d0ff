"""Fetching keys in tasks, when and only when the module says so; never blocks the event loop.

One request per URL is under way in an event loop; every task that needs it waits for that one.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Coroutine, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar, Union
from weakref import WeakKeyDictionary

from ._core import Core
from ._engine import Broken, InvalidCall
from ._exchange import (
    ClockError,
    Failed,
    Need,
    Outcome,
    fetch_exchange,
    fetch_over,
    read_clock,
)
from ._flights import FETCH_SECONDS
from ._forking import renewed_in_children
from ._http import NO_ANSWER, failure, get_async, load_httpx, new_async_client
from ._observer import Observer
from ._sharing import ENDED, FAILED, Abandoned, Ask, Pause, Settled, Step
from ._store import AsyncGuardedStore

if TYPE_CHECKING:
    import httpx

__all__ = ["AsyncFetcher"]

ValueT = TypeVar("ValueT")


class AsyncFetcher:
    """The fetches of one verifier: at most one per issuer and event loop at a time."""

    def __init__(
        self,
        core: Core,
        clock: Callable[[], float],
        client: Optional[httpx.AsyncClient],
        observer: Observer,
        store: Optional[AsyncGuardedStore] = None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        if client is None:
            load_httpx()
        self._core = core
        self._clock = clock
        self._client = client
        self._observer = observer
        self._store = store
        self._ended = ended
        self._closed = False
        self._tails: set[asyncio.Task[None]] = set()
        self._asking: set[Optional[asyncio.Task[Any]]] = set()
        self._chains: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[int, asyncio.Task[None]]
        ] = WeakKeyDictionary()
        self.renew()
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child; what is under way is told apart by its event loop."""
        self._lock = threading.RLock()

    async def wait(self, need: Need, seconds: float) -> bool:
        """Joins or begins the fetch; False if none is allowed, or none ended within `seconds`."""
        if self._core.epoch(need.issuer) != need.epoch:
            return True
        chain = self._join_or_begin(need)
        if chain is None:
            return False
        # Not `wait_for`: a caller that goes away must not end the fetch of the others.
        done, _ = await asyncio.wait({chain}, timeout=max(0.0, seconds))
        return bool(done)

    def begin(self, need: Need) -> None:
        """The same in the background."""
        if self._core.epoch(need.issuer) == need.epoch:
            self._join_or_begin(need)

    async def settle(self, needs: Sequence[Need], seconds: float) -> None:
        """Joins or begins these fetches, all at once, and waits for whatever is under way."""
        for need in needs:
            self.begin(need)
        with self._lock:
            chains = {*self._chains.get(asyncio.get_running_loop(), {}).values()}
        if chains:
            await asyncio.wait(chains, timeout=seconds)

    async def close(self) -> None:
        """Ends every fetch of this verifier.

        Keys that are just being put into the store get there, and its locks are given back; that
        takes a moment at most.
        """
        self._closed = True
        here = asyncio.get_running_loop()
        with self._lock:
            chains = [(loop, task) for loop, of in self._chains.items() for task in of.values()]
        for loop, task in chains:
            if loop is here:
                self._end(task)
            elif not loop.is_closed():
                loop.call_soon_threadsafe(self._end, task)
        ours = [task for loop, task in chains if loop is here]
        await asyncio.gather(*ours, return_exceptions=True)
        tails = [tail for tail in [*self._tails] if tail.get_loop() is here]
        await asyncio.gather(*tails, return_exceptions=True)

    def _end(self, task: asyncio.Task[None]) -> None:
        # The answer of the store is waited for: perhaps it is a lock, to be given back.
        if task not in self._asking:
            task.cancel()

    def _join_or_begin(self, need: Need) -> Optional[asyncio.Task[None]]:
        loop = asyncio.get_running_loop()
        with self._lock:
            chain = self._chains.get(loop, {}).get(need.issuer)
        if chain is not None and not chain.done():
            return chain
        try:
            joinable = _flights.under_way(need.url, self._client)
            # Told of one that is joined too: the module finds out by the time whether it hangs.
            ticket = self._core.fetch_started(need.issuer, read_clock(self._clock))
            if ticket is None and not joinable:
                return None
        except (Broken, ClockError, InvalidCall):
            return None
        chain = _apart(self._run(need, ticket, joinable))
        with self._lock:
            self._chains.setdefault(loop, {})[need.issuer] = chain
        chain.add_done_callback(
            lambda done: self._release(loop, need, ticket, done), context=contextvars.Context()
        )
        return chain

    def _release(
        self,
        loop: asyncio.AbstractEventLoop,
        need: Need,
        ticket: Optional[object],
        chain: asyncio.Task[None],
    ) -> None:
        """Lets go of what is over: a task keeps its loop, closed or not."""
        with self._lock:
            chains = self._chains.get(loop, {})
            if chains.get(need.issuer) is chain:
                del chains[need.issuer]
            if not chains:
                self._chains.pop(loop, None)
        if chain.cancelled():
            # Perhaps before it ran at all.
            self._over(need, ticket)

    async def _run(self, need: Need, ticket: Optional[object], joins: bool) -> None:
        fetch = fetch_exchange(self._core, self._clock, need, self._observer)
        exchange: Generator[Step, Any, object] = fetch
        # A request that is under way already is another's to share.
        if self._store is not None and not joins:
            exchange = self._store.sharing.exchange(need, fetch)
        try:
            await self._drive(exchange)
        finally:
            self._over(need, ticket)
            self._ended()

    def _over(self, need: Need, ticket: Optional[object]) -> None:
        fetch_over(self._core, self._clock, need.issuer, ticket)

    async def _drive(self, exchange: Generator[Step, Any, object]) -> None:
        try:
            step = next(exchange)
            while not isinstance(step, Settled):
                if self._closed:
                    step = exchange.throw(Abandoned())
                else:
                    step = exchange.send(await self._take(step))
        except (StopIteration, *ENDED):
            return
        except asyncio.CancelledError:
            await self._finish(exchange, abandoned=True)
            raise
        # The rest in a task of its own: nobody here has to wait for it.
        tail = _apart(self._finish(exchange))
        self._tails.add(tail)
        tail.add_done_callback(self._tails.discard)

    async def _finish(
        self, exchange: Generator[Step, Any, object], *, abandoned: bool = False
    ) -> None:
        """What is left to do for other replicas."""
        with suppress(StopIteration, *ENDED):
            step = exchange.throw(Abandoned()) if abandoned else next(exchange)
            while True:
                told = None if isinstance(step, Settled) else await self._take(step)
                step = exchange.send(told)

    async def _take(self, step: Union[str, Ask, Pause]) -> object:
        if isinstance(step, str):
            return await _flights.fetch(step, self._client)
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        return FAILED if self._store is None else await self._asked(self._store, step)

    async def _asked(self, store: AsyncGuardedStore, ask: Ask) -> object:
        task = asyncio.current_task()
        self._asking.add(task)
        try:
            return await store.call(ask)
        finally:
            self._asking.discard(task)


@dataclass(eq=False)
class _Flight:
    task: asyncio.Task[Outcome]
    waiting: int = field(default=0)


class _Flights:
    """The requests under way, by event loop, URL and client."""

    def __init__(self) -> None:
        self._loops: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[tuple[str, int], _Flight]
        ] = WeakKeyDictionary()
        self.renew()
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child; what is under way is told apart by its event loop."""
        self._lock = threading.RLock()

    def under_way(self, url: str, client: Optional[httpx.AsyncClient]) -> bool:
        """Whether there is a request for `url` to join."""
        flight = self._here().get((url, id(client)))
        return flight is not None and not flight.task.done()

    async def fetch(self, url: str, client: Optional[httpx.AsyncClient]) -> Outcome:
        """Joins the request for `url`, or begins it; ends it when nobody waits any more."""
        flights, key = self._here(), (url, id(client))
        flight = flights.get(key)
        if flight is None or flight.task.done():
            flight = flights[key] = _Flight(_apart(_bounded(url, client)))
        flight.waiting += 1
        try:
            await asyncio.wait({flight.task})
            return flight.task.result()
        finally:
            flight.waiting -= 1
            if flight.waiting == 0:
                if flights.get(key) is flight:
                    del flights[key]
                if not flight.task.done():
                    flight.task.cancel()
                    await asyncio.wait({flight.task})

    def _here(self) -> dict[tuple[str, int], _Flight]:
        with self._lock:
            return self._loops.setdefault(asyncio.get_running_loop(), {})


async def _bounded(url: str, client: Optional[httpx.AsyncClient]) -> Outcome:
    try:
        return await asyncio.wait_for(_get(url, client), FETCH_SECONDS)
    except asyncio.TimeoutError:
        return NO_ANSWER


async def _get(url: str, client: Optional[httpx.AsyncClient]) -> Outcome:
    if client is not None:
        return await get_async(url, client)
    try:
        own = await _in_thread(new_async_client)
    except RuntimeError as error:
        # No thread can be had: none are left, or the interpreter is ending.
        return Failed("thread", text=type(error).__name__)
    except Exception as error:
        # What the environment names as a proxy or a certificate store may be anything.
        return failure(error)
    async with own:
        return await get_async(url, own)


async def _in_thread(work: Callable[[], ValueT]) -> ValueT:
    """Loading the certificate store would hold up the loop.

    The default executor of the loop is the application's: it may be busy, or shut down.
    """
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fuzefront-authn-client")
    try:
        return await asyncio.get_running_loop().run_in_executor(executor, work)
    finally:
        executor.shutdown(wait=False)


def _apart(work: Coroutine[Any, Any, ValueT]) -> asyncio.Task[ValueT]:
    """A task in no context of a request: it is for others too, and may live longer."""
    loop = asyncio.get_running_loop()
    return contextvars.Context().run(loop.create_task, work)


_flights = _Flights()
