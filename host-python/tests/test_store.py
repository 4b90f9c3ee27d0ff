"""A store that replicas share: what is asked of it, and what its faults cost. Time is given."""

import hashlib
import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from fuzefront_authn import AsyncVerifier, PolicyError, Verifier, _verifier
from fuzefront_authn._background import Background
from fuzefront_authn._http import Requests

from .conftest import ISSUER, SECONDS, until
from .hosts import MemoryStore
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key
from .test_snapshot import record_of


@pytest.fixture(autouse=True)
def _patient(later, monkeypatch):
    """A busy machine takes its time: that of a store's calls is given, and closing has enough."""
    monkeypatch.setattr(_verifier, "CLOSE_SECONDS", SECONDS)


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def start(make, now, store):
    return lambda **options: make(**{"clock": lambda: now[0], "store": store, **options})


def names(url=ISSUER + DISCOVERY[1:]):
    digest = hashlib.sha256(url.encode()).hexdigest()
    return f"fuzefront-authn:2:keys:{digest}", f"fuzefront-authn:2:lock:{digest}"


def outcomes(heard):
    return [event.outcome for event in heard if event.type == "keys.fetch"]


def failures(heard):
    return [event.reason for event in heard if event.type == "keys.store"]


def fetched_at(record):
    return json.loads(record.split("\n")[0])["fetched_at"]


def test_the_first_fetches_and_tells_the_second(start, issuer, token, store):
    keys, lock = names()
    heard = []
    first = start()
    assert first.check(token).ok
    first.settle()
    calls = [("get", keys), ("lock", lock), ("get", keys), ("put", keys), ("unlock", lock)]
    assert store.asked == calls
    assert store.lives == {keys: 300, lock: 5}
    assert first.verifier.snapshot()["records"] == [store.values[keys]]
    second = start(on_event=heard.append)
    assert second.check(token).ok
    second.settle()
    assert store.asked == [*calls, ("get", keys)]
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    assert [event.type for event in heard] == ["keys.fetch", "keys.state", "verify"]
    assert (heard[0].document, heard[0].outcome, heard[0].reason) == ("key_set", "shared", None)
    # What came from the store is kept as it is.
    assert second.verifier.snapshot() == first.verifier.snapshot()


def test_a_refresh_goes_by_the_same_name_and_keeps_what_the_issuer_allows(
    start, issuer, key, token, store, now
):
    keys, _ = names()
    host = start()
    host.ready()
    host.settle()
    issuer.publish(key_set(key), Cache_Control="max-age=86400")
    now[0] += 250
    host.check(token)
    host.settle()
    assert fetched_at(store.values[keys]) == NOW + 250
    assert store.lives[keys] == 4500
    cold = start()
    assert cold.check(token).ok
    assert issuer.hits[KEYS] == 2


def test_a_fleet_of_cold_replicas_makes_one_fetch(issuer, key, token, store, monkeypatch):
    """Each with a background of its own, as in a process of its own."""
    issuer.publish(key_set(key))
    heard, replicas = [], 8
    barrier, made = threading.Barrier(replicas, timeout=SECONDS), threading.Lock()

    def replica(_):
        with made:
            # Ten times as slow as the clock: no call of the store is given up.
            slow = Background(lambda: time.monotonic() / 10)
            monkeypatch.setattr(_verifier, "background", slow)
            monkeypatch.setattr(_verifier, "requests", Requests(_verifier.background))
            verifier = Verifier(**issuer.options, store=store, on_event=heard.append)
        barrier.wait()
        with verifier:
            return verifier.check(token).ok

    with ThreadPoolExecutor(replicas) as pool:
        assert list(pool.map(replica, range(replicas))) == [True] * replicas
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    assert Counter(outcomes(heard)) == {"ok": 2, "shared": replicas - 1}
    assert [name for name in store.values if ":lock:" in name] == []


def test_a_replica_without_the_lock_waits_and_then_fetches_for_itself(
    start, issuer, token, store, later
):
    _, lock = names()
    store.values[lock] = "another"
    host = start(clock=later.clock)
    assert not host.verifier.check_sync(token).ok
    later.idle()
    while host.verifier._keys._open:
        assert later.passed < 3, "no caller would be kept waiting for so long"
        later.go(0.05)
        later.idle()
    assert host.verifier.check_sync(token).ok
    assert later.passed >= 2.5
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    assert store.values[lock] == "another"


def test_a_replica_that_waits_takes_over_from_one_that_gives_up(start, issuer, token, store, later):
    _, lock = names()
    store.values[lock] = "another"
    host = start(clock=later.clock)
    host.verifier.check_sync(token)
    later.idle()
    del store.values[lock]
    while host.verifier._keys._open:
        assert later.passed < 1
        later.go(0.05)
        later.idle()
    assert host.verifier.check_sync(token).ok
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    assert lock not in store.values


def test_without_locks_replicas_share_without_waiting(make, issuer, token):
    class Plain:
        def __init__(self):
            self.values = {}

        def get(self, key):
            return self.values.get(key)

        def put(self, key, value, ttl):
            self.values[key] = value

    plain = Plain()
    for _ in range(2):
        host = make(store=plain)
        assert host.check(token).ok
        host.settle()
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_keys_are_released_before_the_store_has_them(start, token, store):
    waiting, gate = threading.Event(), threading.Event()

    def hang(method):
        if method == "put":
            waiting.set()
            gate.wait(SECONDS)

    store.fault = hang
    host = start()
    assert host.check(token).ok
    assert waiting.wait(SECONDS)
    assert host.check(token).ok
    threading.Timer(0.01, gate.set).start()
    host.close()
    assert any(":keys:" in name for name in store.values)


def test_a_caller_that_comes_while_keys_are_put_away_has_all_its_attempts(start, issuer, store):
    gate = threading.Event()
    store.fault = lambda method: method == "put" and gate.wait(SECONDS)
    host = start()
    assert host.ready()[0].usable
    until(lambda: "put" in store.methods())
    asked = []
    verify = host.verifier._session.verify

    def counted(payload, flags, attempt):
        asked.append(attempt)
        return verify(payload, flags, attempt)

    host.verifier._session.verify = counted
    threading.Timer(0.01, gate.set).start()
    new = signing_key("k2")
    issuer.publish(key_set(new))
    host.verifier._session._clock = lambda: NOW + 60
    assert host.check(new.sign(claims(issuer.url))).ok
    assert asked == [0, 1]


@pytest.mark.parametrize(
    ("keys", "more"),
    [
        (None, {}),
        ({"keys": []}, {"sha256": "0" * 64}),
        ({"keys": []}, {"issuer": ["https://other.example/"]}),
        ({"keys": []}, {"fetched_at": NOW - 9000}),
        ({"keys": []}, {"fetched_at": NOW + 100}),
        ([], {}),
    ],
)
def test_a_poisoned_value_is_ignored_and_overwritten(start, issuer, token, store, keys, more):
    name, _ = names()
    poison = "[" * 100_000 if keys is None else record_of(issuer.url, keys, **more)
    store.values[name] = poison
    host = start()
    assert host.check(token).ok
    host.settle()
    assert store.values[name] != poison
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_an_aging_value_serves_and_is_renewed(start, issuer, key, token, store):
    name, _ = names()
    store.values[name] = record_of(issuer.url, key_set(key), fetched_at=NOW - 250)
    host = start()
    assert host.check(token).keys.state == "fresh"
    host.settle()
    assert fetched_at(store.values[name]) == NOW


def test_for_an_unknown_key_only_a_set_of_just_now_counts_as_the_fetch(
    start, issuer, key, store, now
):
    name, _ = names()
    host = start()
    host.ready()
    host.settle()
    new, third = signing_key("k2"), signing_key("k3")
    issuer.publish(key_set(key, new))
    now[0] += 60
    store.values[name] = record_of(issuer.url, key_set(key), fetched_at=now[0] - 3)
    assert host.check(new.sign(claims(issuer.url))).ok
    assert issuer.hits[KEYS] == 2
    host.settle()
    now[0] += 60
    store.values[name] = record_of(issuer.url, key_set(key, third), fetched_at=now[0] - 1)
    assert host.check(third.sign(claims(issuer.url))).ok
    assert issuer.hits[KEYS] == 2


def test_a_failed_fetch_is_not_told_and_gives_back_the_lock(start, issuer, token, store):
    issuer.answer(DISCOVERY, status=500)
    host = start()
    assert host.check(token).error.code == "JWKS_UNAVAILABLE"
    host.settle()
    assert store.values == {}


def test_with_fixed_keys_the_store_is_never_asked(static, token, store):
    assert static(store=store).check(token).ok
    assert store.asked == []


# Faults of the store


def test_a_store_that_is_down_costs_nothing_but_the_sharing(start, token, store, now):
    def down(method):
        raise ConnectionError(method)

    store.fault = down
    heard = []
    host = start(on_event=heard.append)
    assert host.check(token).ok
    host.settle()
    assert store.methods() == ["get"]
    assert failures(heard) == ["error"]


@pytest.mark.parametrize("method", ["get", "lock", "put", "unlock"])
def test_a_store_may_fail_at_any_call(start, issuer, token, store, method):
    def fail(called):
        if called == method:
            raise RuntimeError(called)

    store.fault = fail
    host = start()
    assert host.check(token).ok
    host.settle()
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_store_that_hangs_is_waited_for_once(start, issuer, token, store, later):
    gate, heard = threading.Event(), []
    store.fault = lambda method: gate.wait(SECONDS)
    host = start(clock=later.clock, on_event=heard.append)
    host.verifier.check_sync(token)
    until(lambda: store.asked)
    later.go(0.25)
    host.settle()
    assert failures(heard) == ["timeout"]
    assert host.verifier.check_sync(token).ok
    # While that call has not returned no other is made, however long ago it was.
    later.go(250)
    host.settle()
    assert host.verifier.check_sync(token).keys.state == "fresh"
    assert store.methods() == ["get"]
    gate.set()


def test_a_lock_that_comes_after_its_time_is_given_back(start, token, store, later):
    gate = threading.Event()
    store.fault = lambda method: method == "lock" and gate.wait(SECONDS)
    host = start(clock=later.clock)
    host.verifier.check_sync(token)
    until(lambda: "lock" in store.methods())
    later.go(0.25)
    host.settle()
    gate.set()
    until(lambda: "unlock" in store.methods())
    assert [name for name in store.values if ":lock:" in name] == []


@pytest.mark.parametrize("kind", [Verifier, AsyncVerifier])
@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        (object(), "/store/get"),
        (type("Half", (MemoryStore,), {"lock": 1})(), "/store/lock"),
    ],
)
def test_what_is_not_a_store_is_refused(kind, wrong, path, key):
    options = {"issuer": ISSUER, "audience": AUDIENCE, "keys": key_set(key)}
    with pytest.raises(PolicyError) as caught:
        kind(**options, store=wrong)
    assert caught.value.path == path


def test_a_store_to_be_awaited_is_refused(key):
    class Awaited(MemoryStore):
        async def get(self, key):
            return None

    options = {"issuer": ISSUER, "audience": AUDIENCE, "keys": key_set(key)}
    with pytest.raises(PolicyError, match="`/store/get` is a coroutine function"):
        AsyncVerifier(**options, store=Awaited())


# Closing


def locks(store):
    return [name for name in store.values if ":lock:" in name]


def test_closing_during_a_fetch_gives_back_the_lock(start, issuer, token, store):
    issuer.gate.clear()
    host = start()
    host.verifier.check_sync(token)
    assert issuer.arrived.wait(SECONDS)
    assert len(locks(store)) == 1
    host.close()
    assert locks(store) == []
    assert store.methods() == ["get", "lock", "get", "unlock"]
    host.settle()
    assert host.verifier._session.policy == b""


def test_a_lock_that_comes_while_closing_is_given_back(start, issuer, token, store):
    gate = threading.Event()
    store.fault = lambda method: method == "lock" and gate.wait(SECONDS)
    host = start()
    host.verifier.check_sync(token)
    until(lambda: "lock" in store.methods())
    threading.Timer(0.01, gate.set).start()
    host.close()
    host.settle()
    assert locks(store) == []
    assert issuer.hits == {}


def test_closing_ends_the_wait_for_another(start, issuer, token, store):
    _, lock = names()
    store.values[lock] = "another"
    host = start()
    host.verifier.check_sync(token)
    until(lambda: "lock" in store.methods())
    host.close()
    host.settle()
    assert issuer.hits == {}
    assert store.values[lock] == "another"


def test_a_store_that_hangs_does_not_hold_up_closing(start, issuer, token, store, monkeypatch):
    monkeypatch.setattr(_verifier, "CLOSE_SECONDS", 0.01)
    gate = threading.Event()
    store.fault = lambda method: method == "unlock" and gate.wait(SECONDS)
    issuer.gate.clear()
    host = start()
    host.verifier.check_sync(token)
    assert issuer.arrived.wait(SECONDS)
    host.close()
    assert host.verifier._keys._open
    gate.set()
    host.settle()


def test_the_lock_goes_back_though_another_goes_on_with_the_fetch(start, issuer, token, store):
    issuer.gate.clear()
    first, other = start(), start(store=None)
    for host in (first, other):
        host.verifier.check_sync(token)
        until(lambda host=host: issuer.arrived.is_set() and host.verifier._keys._open)
    until(lambda: sum(len(waiting) for waiting in _verifier.requests._waiting.values()) == 2)
    first.close()
    assert locks(store) == []
    issuer.gate.set()
    assert other.check(token).ok
    assert issuer.hits[DISCOVERY] == 1


# With replicas in other languages (tests/shared-store.json)

SHARED = json.loads(
    (Path(__file__).resolve().parents[2] / "tests" / "shared-store.json").read_text("utf-8")
)
ENTRIES = {"discovery": {}, "jwks_uri": {"jwks_uri": SHARED["names"]["jwks_uri"]["url"]}}


def no_network(request):
    raise AssertionError("fetched")


@pytest.mark.parametrize("kind", ENTRIES)
def test_what_another_replica_wrote_is_read(kind, store):
    name = SHARED["names"][kind]["keys"]
    store.values[name] = SHARED["value"]
    options = {"issuer": SHARED["issuer"], "audience": AUDIENCE, **ENTRIES[kind]}
    with httpx.Client(transport=httpx.MockTransport(no_network)) as client:
        options.update(http_client=client, clock=lambda: SHARED["now"], store=store)
        with Verifier(**options) as verifier:
            (row,) = verifier.ready()
            assert (row.usable, row.keys, row.age) == (True, 1, 99.5)
            assert verifier.snapshot()["records"] == [SHARED["value"]]
    assert store.asked == [("get", name)]


@pytest.mark.parametrize("kind", ENTRIES)
def test_what_is_fetched_is_written_for_other_replicas(kind, store):
    line, body = SHARED["value"].split("\n")
    header = json.loads(line)

    def answer(request):
        if str(request.url) == SHARED["names"]["jwks_uri"]["url"]:
            control = f"max-age={header['max_age']}"
            return httpx.Response(200, content=body.encode(), headers={"Cache-Control": control})
        url = SHARED["names"]["jwks_uri"]["url"]
        return httpx.Response(200, json={"issuer": SHARED["issuer"][0], "jwks_uri": url})

    options = {"issuer": SHARED["issuer"], "audience": AUDIENCE, **ENTRIES[kind]}
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        options.update(http_client=client, clock=lambda: header["fetched_at"], store=store)
        with Verifier(**options) as verifier:
            verifier.ready()
    names = SHARED["names"][kind]
    assert store.lives == {names["keys"]: SHARED["ttl"], names["lock"]: 5}
    written, kept = store.values[names["keys"]].split("\n")
    assert json.loads(written) == {**header, "issuer": SHARED["issuer"]}
    assert kept == body
