"""Tasks that fetch: apart from requests, from the loop's executor, and gone when they are over."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from fuzefront_authn import AsyncVerifier, Verifier, _async_keys, _flights

from .hosts import Asynchronous, MemoryStore
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, claims, key_set

request_of = contextvars.ContextVar("request_of", default=None)


class Request:
    """What a context holds."""


@pytest.fixture
def options(issuer, key):
    issuer.publish(key_set(key))
    return {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}


@pytest.mark.parametrize("store", [None, Asynchronous(MemoryStore())])
def test_a_fetch_is_in_no_context_of_a_request_and_a_check_is(issuer, good, options, store):
    seen = []

    def heard(event):
        seen.append((event.type, request_of.get() is not None))

    async def request(verifier):
        asked = Request()
        request_of.set(asked)
        assert (await verifier.check(good)).ok
        return weakref.ref(asked)

    async def main():
        async with AsyncVerifier(**options, on_event=heard, store=store) as verifier:
            asked = await asyncio.ensure_future(request(verifier))
            await asyncio.sleep(0)  # the loop still has the task at hand
            gc.collect()
            assert asked() is None

    asyncio.run(main())
    assert [told for kind, told in seen if kind == "keys.fetch"] == [False, False]
    assert ("verify", True) in seen


def test_a_fetch_under_way_holds_nothing_of_the_request_that_began_it(issuer, good, options):
    issuer.gate.clear()

    async def request(verifier):
        asked = Request()
        request_of.set(asked)
        assert verifier.check_sync(good).error.code == "JWKS_UNAVAILABLE"
        return weakref.ref(asked)

    async def main():
        async with AsyncVerifier(**options) as verifier:
            asked = await asyncio.ensure_future(request(verifier))
            while not issuer.arrived.is_set():
                await asyncio.sleep(0)
            gc.collect()
            assert asked() is None
            issuer.gate.set()
            await verifier.ready()

    asyncio.run(main())


def test_loops_that_are_closed_are_not_kept(issuer, key, options):
    now, loops = [NOW], []
    verifier = AsyncVerifier(**{**options, "clock": lambda: now[0]})

    async def main():
        loops.append(weakref.ref(asyncio.get_running_loop()))
        assert (await verifier.check(key.sign(claims(issuer.url, exp=NOW + 99999)))).ok

    for _ in range(5):
        asyncio.run(main())
        now[0] += 1300
    gc.collect()
    assert issuer.hits[KEYS] == 5
    assert [loop() for loop in loops] == [None] * 5


def test_the_module_is_told_of_a_task_that_was_cancelled_before_it_ran(issuer, good, options):
    verifier = AsyncVerifier(**options)

    async def begin():
        assert verifier.check_sync(good).error.code == "JWKS_UNAVAILABLE"
        (chain,) = verifier._fetcher._chains[asyncio.get_running_loop()].values()
        chain.cancel()

    asyncio.run(begin())
    assert issuer.hits == {}
    assert not verifier._core._fetching
    assert asyncio.run(verifier.check(good)).ok
    asyncio.run(verifier.close())


def test_a_busy_executor_of_the_loop_holds_up_no_fetch(good, options):
    over = threading.Event()

    async def main():
        executor = ThreadPoolExecutor(max_workers=1)
        asyncio.get_running_loop().set_default_executor(executor)
        busy = asyncio.get_running_loop().run_in_executor(None, over.wait, 20)
        async with AsyncVerifier(**options) as verifier:
            assert (await verifier.check(good)).ok
            assert not busy.done()
        over.set()
        await busy

    try:
        asyncio.run(main())
    finally:
        over.set()


def test_an_executor_of_the_loop_that_is_shut_down_is_not_needed(good, options):
    async def main():
        await asyncio.get_running_loop().shutdown_default_executor()
        async with AsyncVerifier(**options) as verifier:
            assert (await verifier.check(good)).ok

    asyncio.run(main())


@pytest.fixture
def told(monkeypatch):
    """What nobody caught, in loops and threads."""
    uncaught = []
    monkeypatch.setattr(threading, "excepthook", lambda arguments: uncaught.append(arguments))

    async def in_loop(work):
        handler = lambda loop, context: uncaught.append(context)  # noqa: E731
        asyncio.get_running_loop().set_exception_handler(handler)
        answer = await work
        gc.collect()
        return answer

    yield in_loop
    assert uncaught == []


def test_without_a_thread_the_fetch_failed(issuer, good, options, monkeypatch, told):
    start = threading.Thread.start

    def none_left(thread):
        if thread.name.startswith("fuzefront-authn"):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", none_left)
    verifier = AsyncVerifier(**options)
    assert asyncio.run(told(verifier.check(good))).error.code == "JWKS_UNAVAILABLE"
    row = verifier.status()[0]
    assert (row.failures, row.error) == (1, "thread")
    asyncio.run(verifier.close())


def test_a_client_that_cannot_be_made_is_a_failed_fetch(good, options, monkeypatch, told):
    def unsound():
        raise OSError("no such certificate store")

    monkeypatch.setattr(_async_keys, "new_async_client", unsound)
    monkeypatch.setattr(_flights, "new_client", unsound)
    awaiting = AsyncVerifier(**options)
    assert asyncio.run(told(awaiting.check(good))).error.code == "JWKS_UNAVAILABLE"
    blocking = Verifier(**options)
    assert blocking.check(good).error.code == "JWKS_UNAVAILABLE"
    for verifier in (awaiting, blocking):
        row = verifier.status()[0]
        assert (row.failures, row.error) == (1, "network")
    asyncio.run(awaiting.close())
    blocking.close()


def test_a_fetch_that_is_over_leaves_nothing_in_its_loop(issuer, good, options):
    async def main():
        async with AsyncVerifier(**options) as verifier:
            assert (await verifier.check(good)).ok
            assert dict(verifier._fetcher._chains) == {}
            assert not _async_keys._flights._here()

    asyncio.run(main())
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
