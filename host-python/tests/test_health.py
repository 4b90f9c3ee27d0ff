"""Whether a verifier can work: at the start (`ready`) and in a readiness probe (`health`)."""

import asyncio
import threading
import time
from dataclasses import asdict

import pytest

from fuzefront_authn import AsyncVerifier, AuthError, Health, Verifier, _holder

from .conftest import ISSUER
from .issuer import DISCOVERY, KEYS, running_issuer
from .minting import AUDIENCE, NOW, key_set


def several(make, *entries, **options):
    return make(issuers=list(entries), **options)


def until(done):
    """Whether it happens within a few seconds."""
    deadline = time.monotonic() + 5
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def entry(name, **more):
    return {"issuer": name, "audience": AUDIENCE, **more}


def test_one_issuer_that_is_down_does_not_sink_the_other(make, issuer, good):
    with running_issuer() as down:
        down.answer(DISCOVERY, status=503)
        host = several(make, entry(down.url), entry(issuer.url))
        bad, sound = host.ready()
        assert (bad.usable, bad.error, bad.state, bad.failures) == (False, "http_503", "empty", 1)
        assert (sound.usable, sound.error, sound.state, sound.keys) == (True, None, "fresh", 1)
        assert host.check(good).ok
        assert asdict(host.verifier.health()) == {
            "status": "degraded",
            "issuers": (
                {
                    "issuer": (down.url,),
                    "state": "empty",
                    "age": None,
                    "keys": 0,
                    "failures": 1,
                    "error": "http_503",
                },
                {
                    "issuer": (issuer.url,),
                    "state": "fresh",
                    "age": 0,
                    "keys": 1,
                    "failures": 0,
                    "error": None,
                },
            ),
        }


def test_ready_fails_when_no_issuer_has_keys_and_says_why(make, issuer):
    issuer.answer(KEYS, status=302, Location="/")
    where = {"jwks_uri": issuer.keys_url}
    host = several(make, entry(issuer.url, **where), entry("https://b.example/", **where))
    with pytest.raises(AuthError) as caught:
        host.ready()
    assert (caught.value.code, caught.value.details["reason"]) == ("JWKS_UNAVAILABLE", "no_keys")
    health = host.verifier.health()
    assert health.status == "not_ready"
    assert [row.error for row in health.issuers] == ["redirect", "redirect"]


def test_ready_waits_for_all_at_once_and_no_longer_than_one_fetch(issuer, monkeypatch):
    monkeypatch.setattr("fuzefront_authn._verifier.READY_SECONDS", 0.3)
    issuer.gate.clear()
    names = [f"https://{i}.example/" for i in range(8)]
    rows = [entry(name, jwks_uri=f"{issuer.url}{i}") for i, name in enumerate(names)]
    verifier = Verifier(issuers=rows, clock=lambda: NOW)
    begun = time.monotonic()
    with pytest.raises(AuthError):
        verifier.ready()
    assert time.monotonic() - begun < 2
    assert len(verifier._fetcher._chains) == 8
    verifier.close()


def test_ready_joins_a_fetch_under_way(issuer, key, good):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW)
    caller = threading.Thread(target=verifier.check, args=(good,))
    caller.start()
    assert issuer.arrived.wait(10)
    threading.Timer(0.01, issuer.gate.set).start()
    assert verifier.ready()[0].usable
    caller.join(10)
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_fetch_may_take_its_whole_time():
    from fuzefront_authn._flights import FETCH_SECONDS

    assert FETCH_SECONDS < _holder.READY_SECONDS < FETCH_SECONDS + 1


def test_health_without_an_event_loop_begins_what_a_thread_can(issuer, key):
    issuer.publish(key_set(key))
    where = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}
    waiting = AsyncVerifier(**where)
    assert (waiting.health().status, waiting.health().issuers[0].state) == ("not_ready", "empty")
    assert issuer.hits == {}
    with Verifier(**where) as verifier:
        assert verifier.health().status == "not_ready"
        assert until(lambda: verifier.health().status == "ready")
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_health_in_an_event_loop_begins_what_is_due(issuer, key):
    issuer.publish(key_set(key))

    async def probe():
        verifier = AsyncVerifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW)
        seen = [verifier.health().status]
        for _ in range(500):
            if seen[-1] == "ready":
                break
            await asyncio.sleep(0.01)
            seen.append(verifier.health().status)
        await verifier.close()
        return seen

    seen = asyncio.run(probe())
    assert (seen[0], seen[-1]) == ("not_ready", "ready")
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_probe_alone_finds_an_issuer_that_was_down_at_the_start(issuer, key):
    now = [NOW]
    issuer.answer(KEYS, status=503)
    where = {"jwks_uri": issuer.keys_url, "audience": AUDIENCE}
    with Verifier(issuer=issuer.url, clock=lambda: now[0], **where) as verifier:
        with pytest.raises(AuthError):
            verifier.ready()
        issuer.publish(key_set(key))
        assert (verifier.health().status, issuer.hits[KEYS]) == ("not_ready", 1)
        now[0] += 10
        assert until(lambda: verifier.health().status == "ready")
        assert issuer.hits[KEYS] == 2


def test_a_verifier_that_was_idle_is_not_taken_out_of_service(issuer, key):
    now = [NOW]
    issuer.publish(key_set(key))
    with Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: now[0]) as verifier:
        verifier.ready()
        now[0] += 10_000
        health = verifier.health()
        assert (health.status, health.issuers[0].state) == ("degraded", "dead")
        assert until(lambda: verifier.health().status == "ready")
        assert issuer.hits[KEYS] == 2


def test_after_closing_a_probe_begins_nothing(make, issuer):
    host = make()
    host.close()
    assert host.verifier.health() == Health("not_ready", ())
    assert issuer.hits == {}


def test_health_follows_the_keys_through_an_outage(make, issuer, key, good):
    now = [NOW]
    host = make(clock=lambda: now[0], jwks_uri=issuer.keys_url)
    seen = []

    def look():
        health = host.verifier.health()
        seen.append((health.status, health.issuers[0].state))

    host.ready()
    look()
    issuer.answer(KEYS, status=500)
    now[0] += 250
    look()
    for _ in range(12):
        host.check(good)
        host.settle()
        now[0] += 60
    look()
    assert host.verifier.health().issuers[0].error == "http_500"
    now[0] += 4000
    look()
    host.settle()
    issuer.publish(key_set(key))
    now[0] += 60
    host.ready()
    look()
    assert seen == [
        ("ready", "fresh"),
        ("ready", "aging"),
        ("degraded", "stale"),
        ("not_ready", "dead"),
        ("ready", "fresh"),
    ]
    assert host.verifier.health().issuers[0].error is None


def test_an_issuer_without_a_signing_key_degrades(make, issuer):
    issuer.publish({"keys": []})
    host = make()
    (row,) = host.ready()
    assert (row.usable, row.keys, row.state) == (True, 0, "fresh")
    assert host.verifier.health().status == "degraded"
    assert issuer.hits[KEYS] == 1


def test_fixed_keys_and_secrets_are_ready_from_the_start(key):
    legacy = {"mode": "legacy-hs256", "secret": b"0" * 32, "issuer": None, "audience": None}
    verifier = Verifier(issuers=[entry(ISSUER, keys=key_set(key)), legacy])
    health = verifier.health()
    assert health.status == "ready"
    assert [row.state for row in health.issuers] == ["static", "secret"]


def test_closed_or_with_a_broken_instance_or_clock_nothing_is_ready(static, trapping):
    nothing = Health("not_ready", ())
    closed = static()
    closed.close()
    assert closed.health() == nothing
    assert static(clock=lambda: float("nan")).health() == nothing
    broken = static()
    trapping.trap = lambda export, data: export == "authn_status"
    assert broken.health() == nothing
    trapping.trap = lambda export, data: False
    assert broken.health().status == "ready"
