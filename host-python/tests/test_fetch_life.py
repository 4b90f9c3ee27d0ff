"""A fetch beside the life of its caller: loops, cancelling, closing, forking. Nothing sleeps."""

import asyncio
import gc
import os
import threading
import time

import pytest

from fuzefront_authn import AsyncVerifier, Verifier, _flights, _store

from .hosts import MemoryStore
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, claims, key_set


def test_the_loop_goes_on_while_keys_are_awaited(issuer, key, good):
    issuer.publish(key_set(key))
    issuer.gate.clear()

    async def main():
        async with AsyncVerifier(
            issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW
        ) as verifier:
            waiting = asyncio.ensure_future(verifier.check(good))
            while not issuer.arrived.is_set():
                await asyncio.sleep(0)
            assert not waiting.done()
            assert verifier.check_sync(good).error.code == "JWKS_UNAVAILABLE"
            issuer.gate.set()
            assert (await waiting).ok
            assert verifier.check_sync(good).ok

    asyncio.run(main())


def test_a_cancelled_caller_does_not_end_the_fetch_of_others(issuer, key, good):
    issuer.publish(key_set(key))
    issuer.gate.clear()

    async def main():
        async with AsyncVerifier(
            issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW
        ) as verifier:
            first = asyncio.ensure_future(verifier.check(good))
            second = asyncio.ensure_future(verifier.check(good))
            while not issuer.arrived.is_set():
                await asyncio.sleep(0)
            first.cancel()
            issuer.gate.set()
            assert (await second).ok
            assert first.cancelled()

    asyncio.run(main())
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_closing_lets_go_of_callers_and_ends_the_fetch(issuer, good):
    issuer.gate.clear()
    verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW)
    answers = []
    caller = threading.Thread(target=lambda: answers.append(verifier.check(good)))
    caller.start()
    assert issuer.arrived.wait(10)
    begun = time.monotonic()
    verifier.close()
    caller.join(10)
    assert answers[0].error.details == {"reason": "closed"}
    assert time.monotonic() - begun < 4
    assert not _flights.flights.under_way(issuer.url + DISCOVERY[1:], None)


def test_closing_an_async_verifier_ends_the_fetch(issuer, good):
    issuer.gate.clear()

    async def main():
        verifier = AsyncVerifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW)
        waiting = asyncio.ensure_future(verifier.check(good))
        while not issuer.arrived.is_set():
            await asyncio.sleep(0)
        await verifier.close()
        assert (await waiting).error.details == {"reason": "closed"}
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert others == set()

    asyncio.run(main())


def test_a_verifier_outlives_its_first_event_loop(issuer, key, good):
    issuer.publish(key_set(key))
    now = [NOW]
    verifier = AsyncVerifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: now[0])
    assert asyncio.run(verifier.check(good)).ok
    gc.collect()
    now[0] += 1300
    assert asyncio.run(verifier.check(good)).keys.state == "fresh"
    assert issuer.hits[KEYS] == 2


def test_a_loop_that_ends_during_a_fetch_leaves_nothing_under_way(issuer, key, good):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    now = [NOW]
    verifier = AsyncVerifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: now[0])

    async def ends_early():
        waiting = asyncio.ensure_future(verifier.check(good))
        while not issuer.arrived.is_set():
            await asyncio.sleep(0)
        waiting.cancel()

    asyncio.run(ends_early())
    issuer.gate.set()
    # Otherwise it would hang by now, and nobody would fetch or wait.
    now[0] += 4
    assert asyncio.run(verifier.check(good)).ok
    assert verifier.status()[0].failures == 0


def test_a_loop_that_ends_does_not_end_the_fetch_of_another(issuer, key, good):
    issuer.publish(key_set(key))
    held = issuer.gate
    held.clear()
    now = [NOW]
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: now[0]}
    verifier = AsyncVerifier(**options)
    first = threading.Thread(target=lambda: asyncio.run(verifier.check(good)))
    first.start()
    assert issuer.arrived.wait(10)

    async def ends_early():
        waiting = asyncio.ensure_future(verifier.check(good))
        while sum(issuer.hits.values()) < 2:
            await asyncio.sleep(0)
        waiting.cancel()

    asyncio.run(ends_early())
    # The module knows that one is still under way, and hangs.
    now[0] += 3
    assert verifier.check_sync(good).error.retry_after == 2
    held.set()
    first.join(10)
    assert verifier.check_sync(good).ok


def test_a_thread_that_cannot_start_leaves_nothing_under_way(issuer, key, good, monkeypatch):
    issuer.publish(key_set(key))
    now = [NOW]
    with Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: now[0]) as verifier:
        with monkeypatch.context() as none_left:
            none_left.setattr("fuzefront_authn._keys.started", lambda thread: False)
            assert verifier.check(good).error.code == "JWKS_UNAVAILABLE"
        now[0] += 4
        assert verifier.check(good).ok


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_fetches_for_itself(issuer, key, good):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW)
    caller = threading.Thread(target=verifier.check, args=(good,))
    caller.start()
    assert issuer.arrived.wait(10)
    child = os.fork()
    if child == 0:  # its fetch threads did not come along
        issuer.gate = threading.Event()
        issuer.gate.set()
        os._exit(0 if verifier.check(good).ok else 1)
    issuer.gate.set()
    _, status = os.waitpid(child, 0)
    caller.join()
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_tail_that_ends_does_not_end_the_next_fetch(issuer, key, monkeypatch):
    monkeypatch.setattr(_store, "CALL_SECONDS", 10)
    issuer.publish(key_set(key))
    now, store, go_on = [NOW], MemoryStore(), threading.Event()
    store.fault = lambda method: method == "put" and not go_on.wait(10)
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: now[0]}
    verifier = Verifier(**options, store=store)
    token = key.sign(claims(issuer.url, exp=NOW + 9999))
    assert verifier.check(token).ok
    (tail,) = verifier._fetcher._tails
    assert tail.is_alive()
    issuer.arrived.clear()
    issuer.gate.clear()
    now[0] += 1300
    assert verifier.check_sync(token).error.code == "JWKS_UNAVAILABLE"
    assert [*verifier._core._fetching] == [0]
    go_on.set()
    tail.join(10)
    assert not tail.is_alive()
    assert [*verifier._core._fetching] == [0]
    issuer.gate.set()
    verifier.close()
