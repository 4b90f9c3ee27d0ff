"""Closing during a fetch: the lock in the shared store goes back at once."""

import asyncio
import threading
import time

import pytest

from fuzefront_authn import AsyncVerifier, Verifier, _flights, _store

from .hosts import Asynchronous, MemoryStore
from .issuer import DISCOVERY
from .minting import AUDIENCE, NOW, key_set


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def options(issuer):
    issuer.gate.clear()
    return {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}


def locks(store):
    return [name for name in store.values if ":lock:" in name]


def checking(verifier, token, answers=None):
    heard = [] if answers is None else answers
    caller = threading.Thread(target=lambda: heard.append(verifier.check(token)))
    caller.start()
    return caller


def test_closing_during_a_fetch_gives_back_the_lock(issuer, good, options, store):
    verifier = Verifier(**options, store=store)
    caller = checking(verifier, good)
    assert issuer.arrived.wait(10)
    assert len(locks(store)) == 1
    verifier.close()
    assert locks(store) == []
    assert [method for method, _ in store.asked] == ["get", "lock", "get", "unlock"]
    caller.join(10)


def test_closing_an_async_verifier_during_a_fetch_gives_back_the_lock(issuer, good, options, store):
    async def main():
        verifier = AsyncVerifier(**options, store=Asynchronous(store))
        waiting = asyncio.ensure_future(verifier.check(good))
        while not issuer.arrived.is_set():
            await asyncio.sleep(0)
        assert len(locks(store)) == 1
        await verifier.close()
        assert locks(store) == []
        assert (await waiting).error.details == {"reason": "closed"}
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    assert [method for method, _ in store.asked] == ["get", "lock", "get", "unlock"]


def test_a_loop_that_ends_during_a_fetch_gives_back_the_lock(issuer, good, options, store):
    async def main():
        verifier = AsyncVerifier(**options, store=Asynchronous(store))
        verifier.check_sync(good)
        while not issuer.arrived.is_set():
            await asyncio.sleep(0)
        assert len(locks(store)) == 1

    asyncio.run(main())
    assert locks(store) == []


def test_a_lock_that_comes_while_closing_is_given_back(issuer, good, options, store):
    asked, go_on = threading.Event(), threading.Event()

    def slow(method):
        if method == "lock":
            asked.set()
            go_on.wait(0.2)

    store.fault = slow
    verifier = Verifier(**options, store=store)
    caller = checking(verifier, good)
    assert asked.wait(10)
    verifier.close()
    assert locks(store) == []
    caller.join(10)
    assert issuer.hits == {}


def test_a_lock_that_comes_while_closing_an_async_verifier_is_given_back(
    issuer, good, options, store
):
    async def main():
        asked, go_on = asyncio.Event(), asyncio.Event()

        class Slow(Asynchronous):
            async def lock(self, key, ttl):
                locked = store.lock(key, ttl)
                asked.set()
                await go_on.wait()
                return locked

        verifier = AsyncVerifier(**options, store=Slow(store))
        waiting = asyncio.ensure_future(verifier.check(good))
        await asked.wait()
        closing = asyncio.ensure_future(verifier.close())
        await asyncio.sleep(0)
        assert len(locks(store)) == 1
        go_on.set()
        await closing
        assert locks(store) == []
        assert not (await waiting).ok

    asyncio.run(main())
    assert issuer.hits == {}


def test_a_store_that_hangs_does_not_hold_up_closing(issuer, good, options, store):
    gate = threading.Event()
    store.fault = lambda method: method == "unlock" and gate.wait(20)
    verifier = Verifier(**options, store=store)
    caller = checking(verifier, good)
    assert issuer.arrived.wait(10)
    begun = time.monotonic()
    verifier.close()
    assert time.monotonic() - begun < 4
    gate.set()
    caller.join(10)


def test_a_store_that_hangs_does_not_hold_up_closing_an_async_verifier(
    issuer, good, options, store, monkeypatch
):
    monkeypatch.setattr(_store, "CALL_SECONDS", 0.05)

    class Hanging(Asynchronous):
        async def unlock(self, key):
            await asyncio.Event().wait()

    async def main():
        verifier = AsyncVerifier(**options, store=Hanging(store))
        waiting = asyncio.ensure_future(verifier.check(good))
        while not issuer.arrived.is_set():
            await asyncio.sleep(0)
        begun = time.monotonic()
        await verifier.close()
        assert time.monotonic() - begun < 4
        await waiting

    asyncio.run(main())


def test_the_lock_goes_back_though_another_goes_on_with_the_fetch(
    issuer, key, good, options, store
):
    issuer.publish(key_set(key))
    verifier, other = Verifier(**options, store=store), Verifier(**options)
    answers = []
    first = checking(verifier, good)
    assert issuer.arrived.wait(10)
    second = checking(other, good, answers)
    flight = next(iter(_flights.flights._flights.values()))
    while flight.waiting < 2:
        time.sleep(0.001)
    verifier.close()
    assert locks(store) == []
    assert flight.waiting == 1
    issuer.gate.set()
    first.join(10)
    second.join(10)
    assert answers[0].ok
    assert issuer.hits[DISCOVERY] == 1
    other.close()


def test_a_listener_may_close_the_verifier(issuer, key, good, options, store):
    issuer.publish(key_set(key))
    issuer.gate.set()
    closed = threading.Event()

    def heard(event):
        if event.type == "keys.fetch":
            verifier.close()
            closed.set()

    verifier = Verifier(**options, store=store, on_event=heard)
    assert not verifier.check(good).ok
    assert closed.wait(10)
    thread = next((t for t in threading.enumerate() if t.name == "fuzefront-authn-keys"), None)
    if thread is not None:
        thread.join(10)
    assert locks(store) == []
