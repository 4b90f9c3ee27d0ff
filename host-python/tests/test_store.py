"""A store that fails, hangs or is none: what that costs."""

import asyncio
import threading

import pytest

from fuzefront_authn import AsyncVerifier, PolicyError, Verifier, _store
from fuzefront_authn._sharing import FAILED, Ask

from .hosts import Asynchronous, MemoryStore
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, key_set


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def start(make, issuer, now, store):
    return lambda **options: make(**{"clock": lambda: now[0], "store": store, **options})


def test_a_store_that_is_down_costs_nothing_but_the_sharing(start, issuer, good, store, now):
    def down(method):
        raise ConnectionError(method)

    store.fault = down
    heard = []
    host = start(on_event=heard.append)
    assert host.check(good).ok
    host.settle()
    assert [method for method, _ in store.asked] == ["get"]
    store_events = [e for e in heard if e.type == "keys.store"]
    assert [(e.outcome, e.reason) for e in store_events] == [("failed", "error")]
    now[0] += 250
    host.check(good)
    host.settle()
    assert host.check(good).keys.state == "fresh"
    assert [method for method, _ in store.asked] == ["get"]


@pytest.mark.parametrize("method", ["get", "lock", "put", "unlock"])
def test_a_store_may_fail_at_any_call(start, issuer, good, store, method):
    def fail(called):
        if called == method:
            raise RuntimeError(called)

    store.fault = fail
    host = start()
    assert host.check(good).ok
    host.settle()
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_slow_store_is_waited_for_once(issuer, key, good, monkeypatch):
    issuer.publish(key_set(key))
    monkeypatch.setattr(_store, "CALL_SECONDS", 0.05)
    gate = threading.Event()
    store, heard = MemoryStore(), []
    store.fault = lambda method: gate.wait(20)
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}
    with Verifier(**options, store=store, on_event=heard.append) as verifier:
        assert verifier.check(good).ok
        assert [e.reason for e in heard if e.type == "keys.store"] == ["timeout"]
    assert [method for method, _ in store.asked] == ["get"]
    gate.set()


def test_after_a_pause_the_store_is_asked_again_unless_it_still_hangs(monkeypatch):
    monkeypatch.setattr(_store, "CALL_SECONDS", 0.05)
    clock, gate, failures = [0.0], threading.Event(), []
    store = MemoryStore()
    store.fault = lambda method: gate.wait(20)
    guarded = _store.GuardedStore(store, None, failures.append, lambda: clock[0])
    look, lock = Ask("get", ("k",)), Ask("lock", ("l", 5))
    assert guarded.call(lock) is FAILED
    assert guarded.call(look) is FAILED
    clock[0] += 5.1
    assert guarded.call(look) is FAILED
    assert failures == ["timeout"]
    assert store.asked == [("lock", "l")]
    gate.set()
    guarded._stuck.thread.join(10)
    # The lock came after its time, and was given back.
    assert store.asked == [("lock", "l"), ("unlock", "l")]
    assert guarded.call(look) is None
    store.fault = lambda method: 1 / 0
    assert guarded.call(look) is FAILED
    assert failures == ["timeout", "error"]


def test_an_async_store_that_hangs_is_let_go(issuer, key, good, store, monkeypatch):
    monkeypatch.setattr(_store, "CALL_SECONDS", 0.05)
    issuer.publish(key_set(key))
    heard = []

    class Hanging(Asynchronous):
        async def get(self, key):
            await asyncio.Event().wait()

    async def main():
        options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}
        options.update(store=Hanging(store), on_event=heard.append)
        async with AsyncVerifier(**options) as verifier:
            assert (await verifier.check(good)).ok
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    assert [event.reason for event in heard if event.type == "keys.store"] == ["timeout"]


@pytest.mark.parametrize(
    ("kind", "wrong", "path"),
    [
        (Verifier, object(), "/store/get"),
        (Verifier, Asynchronous(MemoryStore()), "/store/get"),
        (AsyncVerifier, MemoryStore(), "/store/get"),
        (Verifier, type("Half", (MemoryStore,), {"lock": 1})(), "/store/lock"),
    ],
)
def test_what_is_no_store_is_refused(kind, wrong, path, key):
    options = {"issuer": "https://id.example/", "audience": AUDIENCE, "keys": key_set(key)}
    with pytest.raises(PolicyError) as caught:
        kind(**options, store=wrong)
    assert caught.value.path == path


def test_with_fixed_keys_the_store_is_never_asked(static, token, store):
    assert static(store=store).check(token).ok
    assert store.asked == []
