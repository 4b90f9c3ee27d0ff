"""A store that replicas share, in memory: what is asked of it, and what its faults cost."""

import asyncio
import hashlib
import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from fuzefront_authn import AsyncVerifier, Verifier, _engine, _sharing

from .hosts import Asynchronous, Awaiting, Blocking, MemoryStore
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key
from .test_snapshot import FROM_NODE, snapshot_of


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def start(make, issuer, now, store):
    return lambda **options: make(**{"clock": lambda: now[0], "store": store, **options})


def names(url):
    digest = hashlib.sha256(url.encode()).hexdigest()
    return f"fuzefront-authn:1:keys:{digest}", f"fuzefront-authn:1:lock:{digest}"


def entry(issuer, keys, /, **more):
    return json.dumps(snapshot_of(issuer.url, keys, **more)["issuers"][0])


def shared(heard):
    return [event.outcome for event in heard if event.type == "keys.fetch"]


def test_the_first_fetches_and_tells_the_second(start, issuer, good, store):
    keys, lock = names(issuer.url + DISCOVERY[1:])
    heard = []
    first = start()
    assert first.check(good).ok
    first.settle()
    calls = [("get", keys), ("lock", lock), ("get", keys), ("put", keys), ("unlock", lock)]
    assert store.asked == calls
    assert store.lives == {keys: 300, lock: 5}
    assert json.loads(store.values[keys]) == first.verifier.snapshot()["issuers"][0]
    second = start(on_event=heard.append)
    assert second.check(good).ok
    assert store.asked == [*calls, ("get", keys)]
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    assert [event.type for event in heard] == ["keys.fetch", "keys.state", "verify"]
    assert (heard[0].document, heard[0].outcome, heard[0].reason) == ("key_set", "shared", None)


def test_a_refresh_goes_by_the_same_name_and_keeps_what_the_issuer_allows(
    start, issuer, key, good, store, now
):
    keys, _ = names(issuer.url + DISCOVERY[1:])
    host = start()
    host.ready()
    issuer.publish(key_set(key), Cache_Control="max-age=86400")
    now[0] += 250
    host.check(good)
    host.settle()
    assert json.loads(store.values[keys])["fetchedAt"] == NOW + 250
    assert store.lives[keys] == 4500
    assert issuer.hits == {DISCOVERY: 1, KEYS: 2}
    cold = start()
    assert cold.check(good).ok
    assert issuer.hits == {DISCOVERY: 1, KEYS: 2}


@pytest.mark.parametrize("kind", [Blocking, Awaiting])
def test_a_fleet_of_cold_replicas_makes_one_fetch(issuer, key, good, kind, monkeypatch):
    issuer.publish(key_set(key))
    store, heard, replicas = MemoryStore(), [], 8
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW, "store": store}
    barrier = threading.Barrier(replicas, timeout=20)

    # A request that is under way in this process would be joined: as in another process, it is not.
    monkeypatch.setattr("fuzefront_authn._flights.Flights.under_way", lambda *_: False)
    monkeypatch.setattr("fuzefront_authn._async_keys._Flights.under_way", lambda *_: False)

    def replica(_):
        host = kind(**options, on_event=heard.append)
        barrier.wait()
        try:
            return host.check(good).ok
        finally:
            host.settle()
            host.close()

    with ThreadPoolExecutor(replicas) as pool:
        assert list(pool.map(replica, range(replicas))) == [True] * replicas
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    assert Counter(shared(heard)) == {"ok": 2, "shared": replicas - 1}
    assert [key for key in store.values if ":lock:" in key] == []


def test_who_does_not_get_the_lock_waits_and_then_fetches_for_itself(
    start, issuer, good, store, monkeypatch
):
    monkeypatch.setattr(_sharing, "PATIENCE_SECONDS", 0.2)
    _, lock = names(issuer.url + DISCOVERY[1:])
    store.values[lock] = "another"
    assert start().check(good).ok
    assert 2 < store.asked.count(("lock", lock)) < 8
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    assert store.values[lock] == "another"


def test_callers_are_not_kept_waiting_for_a_replica_that_died(start, issuer, good, store):
    _, lock = names(issuer.url + DISCOVERY[1:])
    store.values[lock] = "a replica that was killed"
    assert start().check(good).ok
    wait = _engine.shared_module().instance().ask("authn_about")["limits"]["fetch_wait"]
    assert _sharing.PATIENCE_SECONDS < wait < _sharing.LOCK_SECONDS


def test_who_waits_takes_over_when_the_other_gives_up(start, issuer, good, store):
    keys, lock = names(issuer.url + DISCOVERY[1:])
    store.values[lock] = "another"

    def give_up(method):
        if store.asked.count(("get", keys)) == 3:
            store.values.pop(lock, None)

    store.fault = give_up
    begun = time.monotonic()
    assert start().check(good).ok
    assert time.monotonic() - begun < 2.5
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_without_locks_replicas_share_without_waiting(issuer, key, good):
    class Plain:
        def __init__(self):
            self.values = {}

        def get(self, key):
            return self.values.get(key)

        def put(self, key, value, ttl):
            self.values[key] = value

    issuer.publish(key_set(key))
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW, "store": Plain()}
    for _ in range(2):
        with Verifier(**options) as verifier:
            assert verifier.check(good).ok
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_keys_are_released_before_the_store_has_them(start, issuer, good, store):
    waiting = threading.Event()

    def hang(method):
        if method == "put":
            waiting.set()
            time.sleep(0.2)  # as long as a store may take

    store.fault = hang
    begun = time.monotonic()
    host = start()
    assert host.check(good).ok
    if isinstance(host, Blocking):
        assert waiting.wait(10)
        assert host.check(good).ok
        assert not any(":keys:" in name for name in store.values)
    host.close()
    assert time.monotonic() - begun < 5
    assert any(":keys:" in name for name in store.values)


@pytest.mark.parametrize(
    ("keys", "more"),
    [
        (None, {}),
        ({"keys": []}, {"sha256": "0" * 64}),
        ({"keys": []}, {"issuer": ["https://other.example/"]}),
        ({"keys": []}, {"fetchedAt": NOW - 9000}),
        ({"keys": []}, {"fetchedAt": NOW + 100}),
        ({"keys": []}, {"fetchedAt": float("nan")}),
        ([], {}),
    ],
)
def test_a_poisoned_value_is_ignored_and_overwritten(start, issuer, good, store, keys, more):
    name, _ = names(issuer.url + DISCOVERY[1:])
    poison = "[" * 100_000 if keys is None else entry(issuer, keys, **more)
    store.values[name] = poison
    host = start()
    assert host.check(good).ok
    host.settle()
    assert store.values[name] != poison
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_an_aging_value_serves_and_is_renewed(start, issuer, key, good, store, now):
    name, _ = names(issuer.url + DISCOVERY[1:])
    store.values[name] = entry(issuer, key_set(key), fetchedAt=NOW - 250)
    host = start()
    assert host.check(good).keys.state == "fresh"
    host.settle()
    assert json.loads(store.values[name])["fetchedAt"] == NOW


def test_for_an_unknown_key_only_a_set_of_just_now_counts_as_the_fetch(
    start, issuer, key, store, now
):
    name, _ = names(issuer.url + DISCOVERY[1:])
    host = start()
    host.ready()
    new = signing_key("k2")
    issuer.publish(key_set(key, new))
    now[0] += 60
    store.values[name] = entry(issuer, key_set(key), fetchedAt=now[0] - 3)
    assert host.check(new.sign(claims(issuer.url))).ok
    assert issuer.hits[KEYS] == 2
    host.settle()
    now[0] += 60
    third = signing_key("k3")
    store.values[name] = entry(issuer, key_set(key, third), fetchedAt=now[0] - 1)
    assert host.check(third.sign(claims(issuer.url))).ok
    assert issuer.hits[KEYS] == 2


def test_a_failed_fetch_is_not_told_and_gives_back_the_lock(start, issuer, good, store):
    issuer.answer(DISCOVERY, status=500)
    host = start()
    assert host.check(good).error.code == "JWKS_UNAVAILABLE"
    host.settle()
    assert store.values == {}


def test_closing_ends_the_wait_for_another(issuer, good, store):
    _, lock = names(issuer.url + DISCOVERY[1:])
    store.values[lock] = "another"
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}
    verifier = Verifier(**options, store=store)
    caller = threading.Thread(target=verifier.check, args=(good,))
    caller.start()
    while ("lock", lock) not in store.asked:
        time.sleep(0.001)
    begun = time.monotonic()
    verifier.close()
    caller.join(10)
    assert time.monotonic() - begun < 2
    assert issuer.hits == {}


def test_closing_an_async_verifier_ends_the_wait_for_another(issuer, good, store):
    _, lock = names(issuer.url + DISCOVERY[1:])
    store.values[lock] = "another"
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}

    async def main():
        verifier = AsyncVerifier(**options, store=Asynchronous(store))
        waiting = asyncio.ensure_future(verifier.check(good))
        while ("lock", lock) not in store.asked:
            await asyncio.sleep(0)
        await verifier.close()
        assert (await waiting).error.details == {"reason": "closed"}
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    assert issuer.hits == {}


def test_what_node_puts_is_taken(store):
    (theirs,) = json.loads(FROM_NODE.read_text("utf-8"))["issuers"]
    # The SHA-256 of `https://id.example/k`.
    name = "fuzefront-authn:1:keys:0aedc1994b2a5c32660826476480d7e218d35628d781a2f15e9caa9c765f31a4"
    store.values[name] = json.dumps(theirs, ensure_ascii=False, separators=(",", ":"))

    def answer(request):
        raise AssertionError("fetched")

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        options = {"issuer": theirs["issuer"], "jwks_uri": "https://id.example/k", "store": store}
        options.update(http_client=client, clock=lambda: theirs["fetchedAt"] + 9)
        with Verifier(audience=AUDIENCE, **options) as verifier:
            (row,) = verifier.ready()
            assert (row.state, row.keys, row.age) == ("fresh", 1, 9)
            (ours,) = verifier.snapshot()["issuers"]
    assert json.dumps(ours, ensure_ascii=False, separators=(",", ":")) == store.values[name]
