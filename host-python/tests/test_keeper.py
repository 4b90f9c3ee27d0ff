"""Keys that are fetched when they are due, although no token asks. Time is virtual."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import time
import weakref

import pytest

from fuzefront_authn import AsyncVerifier, PolicyError, Verifier, _keeper
from fuzefront_authn._keeper import AsyncKeeper

from .issuer import KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key

SOFT, HARD, HOUR = 240, 300, 3600
STEP = 10


class VirtualAlarm:
    """As the real one, in the time of the test."""

    def __init__(self):
        self.now = 0
        self.entries = []

    def set(self, seconds, sleeper, ticket):
        self.entries.append((self.now + seconds, weakref.ref(sleeper), ticket))

    def drop(self, sleeper):
        self.entries = [entry for entry in self.entries if entry[1]() is not sleeper]

    def advance(self, seconds):
        self.now += seconds
        due = [entry for entry in self.entries if entry[0] <= self.now]
        self.entries = [entry for entry in self.entries if entry[0] > self.now]
        for _, sleeper, ticket in due:
            if sleeper() is not None:
                sleeper().wake(ticket)


class Time:
    """A clock, and whatever wakes in threads and loops, go together; each fetch ends at once."""

    def __init__(self, monkeypatch):
        self.now = NOW
        self.ahead = 0
        self.fails = False
        self.alarm = VirtualAlarm()
        monkeypatch.setattr(_keeper, "alarm", self.alarm)
        monkeypatch.setattr("random.random", lambda: 0.0)

    def clock(self):
        if self.fails:
            raise OSError("no time")
        return self.now

    def follow(self, host):
        if hasattr(host, "loop"):
            host.loop.time = lambda: time.monotonic() + self.ahead
        return host

    def advance(self, *hosts, seconds):
        for _ in range(int(seconds // STEP)):
            self.now += STEP
            self.ahead += STEP
            self.alarm.advance(STEP)
            for host in hosts:
                if hasattr(host, "loop"):
                    host.run(asyncio.sleep(0))
                host.settle()


@pytest.fixture
def virtual(monkeypatch):
    return Time(monkeypatch)


@pytest.fixture
def keeping(make, issuer, virtual):
    """Makes a verifier with keys whose time is the virtual one."""

    def made(ready=True, **options):
        host = virtual.follow(make(clock=virtual.clock, jwks_uri=issuer.keys_url, **options))
        if ready:
            host.ready()
        return host

    return made


@pytest.fixture
def lasting(issuer):
    """Signs a token that is good for days."""

    def sign(key):
        return key.sign(claims(issuer.url, exp=NOW + 100 * HOUR))

    return sign


def test_an_idle_verifier_has_fresh_keys_whenever_a_token_comes(keeping, virtual, issuer):
    host = keeping()
    virtual.advance(host, seconds=HOUR)
    assert host.verifier.status()[0].state == "fresh"
    assert issuer.hits[KEYS] == 1 + HOUR / SOFT


def test_a_withdrawn_key_is_gone_before_anything_is_asked(keeping, virtual, issuer, key, lasting):
    host, other = keeping(), signing_key("k2")
    issuer.publish(key_set(other))
    virtual.advance(host, seconds=SOFT + STEP)
    assert host.verifier.check_sync(lasting(other)).ok
    assert host.check(lasting(key)).error.code == "UNKNOWN_KEY"


def test_an_outage_is_known_before_the_first_token_and_its_end_is_found(
    keeping, virtual, issuer, key, lasting
):
    host = keeping()
    issuer.answer(KEYS, status=503)
    virtual.advance(host, seconds=11 * 60)
    assert host.verifier.check_sync(lasting(key)).keys.state == "stale"
    issuer.publish(key_set(key))
    virtual.advance(host, seconds=70)
    assert host.verifier.check_sync(lasting(key)).keys.state == "fresh"


def test_an_issuer_that_stays_away_is_given_up_with_the_last_keys(
    keeping, virtual, issuer, key, lasting
):
    host = keeping()
    issuer.answer(KEYS, status=503)
    virtual.advance(host, seconds=HARD + HOUR + 60)
    assert host.verifier.status()[0].due is None
    asked = issuer.hits[KEYS]
    virtual.advance(host, seconds=HOUR)
    assert issuer.hits[KEYS] == asked
    issuer.publish(key_set(key))
    assert host.check(lasting(key)).ok, "a token asks again"
    virtual.advance(host, seconds=SOFT + STEP)
    assert issuer.hits[KEYS] == asked + 2, "and they are kept again"


def test_keys_of_a_snapshot_are_kept_and_those_restored_later(keeping, virtual, issuer):
    first = keeping()
    snapshot = first.verifier.snapshot()
    first.close()
    following, later = keeping(ready=False, snapshot=snapshot), keeping(ready=False)
    later.verifier.restore(snapshot)
    for host in (following, later):
        # An async verifier is told of its loop by the first check.
        assert host.check("").error.code == "NO_TOKEN"
    virtual.advance(following, later, seconds=SOFT + STEP)
    assert [host.verifier.status()[0].age for host in (following, later)] == [STEP, STEP]


def test_nothing_is_fetched_without_a_first_reason_nor_after_closing(keeping, virtual, issuer):
    host = keeping(ready=False)
    virtual.advance(host, seconds=HOUR)
    assert issuer.hits[KEYS] == 0
    host.ready()
    host.close()
    virtual.advance(seconds=HOUR)
    assert issuer.hits[KEYS] == 1


def test_a_clock_that_fails_for_a_while_is_no_end_of_it(keeping, virtual, issuer):
    host = keeping()
    virtual.fails = True
    virtual.advance(host, seconds=SOFT + STEP)
    virtual.fails = False
    virtual.advance(host, seconds=60)
    assert host.verifier.status()[0].state == "fresh"
    assert issuer.hits[KEYS] == 2


def test_it_can_be_switched_off(keeping, virtual, issuer):
    host = keeping(background_refresh=False)
    virtual.advance(host, seconds=HOUR)
    assert issuer.hits[KEYS] == 1


@pytest.mark.parametrize("kind", [Verifier, AsyncVerifier])
def test_the_switch_is_true_or_false(kind):
    with pytest.raises(PolicyError, match="not a boolean") as caught:
        kind(issuer="https://id.example/", audience=AUDIENCE, background_refresh="no")
    assert caught.value.path == "/background_refresh"


def test_a_verifier_in_a_new_loop_is_kept_there(issuer, key, virtual, lasting):
    issuer.publish(key_set(key))
    verifier = AsyncVerifier(
        issuer=issuer.url, audience=AUDIENCE, jwks_uri=issuer.keys_url, clock=virtual.clock
    )
    asyncio.run(verifier.ready())

    async def check_and_wait():
        loop = asyncio.get_running_loop()
        loop.time = lambda: time.monotonic() + virtual.ahead
        assert (await verifier.check(lasting(key))).ok
        virtual.now += SOFT
        virtual.ahead += SOFT
        deadline = time.monotonic() + 10
        while verifier.status()[0].age > 0 and time.monotonic() < deadline:
            await asyncio.sleep(0.001)
        await verifier.close()

    asyncio.run(check_and_wait())
    assert issuer.hits[KEYS] == 2


def test_a_verifier_made_from_a_snapshot_is_kept_from_its_first_ready(keeping, virtual, issuer):
    first = keeping()
    snapshot = first.verifier.snapshot()
    first.close()
    host = keeping(snapshot=snapshot)
    virtual.advance(host, seconds=SOFT + STEP)
    assert issuer.hits[KEYS] == 2


def test_a_verifier_whose_loop_stands_still_is_kept_in_the_one_that_runs(
    issuer, key, virtual, lasting
):
    issuer.publish(key_set(key))
    verifier = AsyncVerifier(
        issuer=issuer.url, audience=AUDIENCE, jwks_uri=issuer.keys_url, clock=virtual.clock
    )
    idle, serving = asyncio.new_event_loop(), asyncio.new_event_loop()
    try:
        idle.run_until_complete(verifier.ready())
        serving.run_until_complete(verifier.check(lasting(key)))
        assert verifier._keeper._loop() is serving
        serving.run_until_complete(verifier.close())
    finally:
        for loop in (idle, serving):
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()


def test_what_a_timer_does_is_done_in_no_context_of_a_request(issuer, key):
    request = contextvars.ContextVar("request", default=None)
    seen = []
    due = [5.0]

    async def main():
        keeper = AsyncKeeper(lambda: due[0], lambda: seen.append(request.get()))
        request.set("first")
        loop = asyncio.get_running_loop()
        keeper.watch()
        due[0] = 0.0
        before = loop.time
        loop.time = lambda: before() + 10
        while not seen:
            await asyncio.sleep(0)
        keeper.stop()

    asyncio.run(main())
    assert seen == [None]


def test_a_closed_verifier_is_not_woken(issuer, key, virtual):
    issuer.publish(key_set(key))
    with Verifier(issuer=issuer.url, audience=AUDIENCE, jwks_uri=issuer.keys_url) as verifier:
        verifier.ready()
        assert len(virtual.alarm.entries) > 0
    assert virtual.alarm.entries == []
    verifier._watch()
    assert virtual.alarm.entries == []


def test_a_verifier_that_is_dropped_is_collected(issuer, key):
    issuer.publish(key_set(key))
    verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, jwks_uri=issuer.keys_url)
    verifier.ready()
    dropped = weakref.ref(verifier)
    del verifier
    deadline = time.monotonic() + 10
    while dropped() is not None and time.monotonic() < deadline:
        gc.collect()
    assert dropped() is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize(
    "first",
    [lambda verifier, token: verifier.check(token).ok, lambda verifier, _: verifier.ready()],
)
def test_a_forked_child_keeps_its_keys_itself(issuer, key, virtual, lasting, first):
    issuer.publish(key_set(key))
    options = {"issuer": issuer.url, "audience": AUDIENCE, "jwks_uri": issuer.keys_url}
    with Verifier(**options, clock=virtual.clock) as verifier:
        verifier.ready()
        child = os.fork()
        if child == 0:
            virtual.alarm.entries.clear()
            good = first(verifier, lasting(key))
            os._exit(0 if good and len(virtual.alarm.entries) == 1 else 1)
        assert os.waitpid(child, 0)[1] == 0
