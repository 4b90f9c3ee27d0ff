"""Keys of both verifiers: fetched when the module says so, kept, and told of. Time is given."""

import asyncio
import gc
import json
import logging
import threading
import weakref
from dataclasses import asdict

import httpx
import pytest

from fuzefront_authn import AsyncVerifier, AuthError, Health, PolicyError, Verifier, _verifier

from .conftest import ISSUER, until
from .hosts import MemoryStore, settle
from .issuer import DISCOVERY, KEYS, Issuer
from .minting import AUDIENCE, NOW, claims, key_set, signing_key

SOFT, HARD, HOUR = 240, 300, 3600


def lasting(key):
    """A token that is good for days."""
    return key.sign(claims(ISSUER, exp=NOW + 100 * HOUR))


def test_keys_are_discovered_once(make, issuer, token):
    host = make()
    assert [host.check(token).ok for _ in range(3)] == [True] * 3
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_jwks_uri_skips_discovery(make, issuer, token):
    assert make(jwks_uri=issuer.keys_url).check(token).ok
    assert issuer.hits == {KEYS: 1}


def test_an_explanation_fetches_keys_too(make, issuer, token):
    host = make()
    assert host.explain(token).verdict == "accepted"
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": 500}, "http_500"),
        ({"status": 429, "Retry_After": "90"}, "http_429"),
        ({"status": 301, "Location": "/elsewhere"}, "redirect"),
        ({"status": 204}, "http_204"),
        ({"body": b"<html></html>", "Content_Type": "text/html"}, "not_json"),
        ({"body": b"[]"}, "not_an_object"),
        ({"body": b'{"keys":{}}'}, "keys_not_an_array"),
        ({"body": b" " * 300_000}, "too_large"),
        ({"body": b"{}", "Content_Encoding": "br"}, "content_encoding"),
        ({"body": b"{}", "Content_Encoding": "gzip"}, "network"),
        ({"body": json.dumps({"keys": [{"kty": "RSA"}] * 65}).encode()}, "too_many_keys"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_that_is_not_a_key_set_is_an_outage_that_ends(
    make, issuer, key, token, answer, reason
):
    now = [NOW]
    issuer.answer(KEYS, **answer)
    host = make(jwks_uri=issuer.keys_url, clock=lambda: now[0])
    for _ in range(3):
        error = host.check(token).error
        assert (error.code, error.status, error.challenge) == ("JWKS_UNAVAILABLE", 503, None)
    assert (error.details["error"], error.details["issuer"]) == (reason, issuer.url)
    assert host.verifier.health().issuers[0].error == reason
    assert issuer.hits == {KEYS: 1}
    issuer.publish(key_set(key))
    now[0] += error.retry_after
    assert host.check(token).ok
    assert issuer.hits == {KEYS: 2}
    assert host.verifier.health().issuers[0].error is None


def test_a_client_that_raises_is_an_outage(make, token):
    def fail(request):
        raise RuntimeError("boom")

    with httpx.Client(transport=httpx.MockTransport(fail)) as client:
        error = make(http_client=client).check(token).error
    assert (error.code, error.details["error"]) == ("JWKS_UNAVAILABLE", "network")


def test_a_fetch_that_hangs_ends_in_time(make, issuer, token, later):
    issuer.gate.clear()
    host = make(clock=later.clock)
    assert host.verifier.check_sync(token).error.code == "JWKS_UNAVAILABLE"
    assert issuer.arrived.wait(20)
    later.go(4.9)
    assert host.verifier._keys._open
    later.go(0.1)
    host.settle()
    (row,) = host.verifier.status()
    assert (row.failures, row.error) == (1, "timeout")


def test_a_caller_waits_for_keys_only_so_long(make, issuer, token, monkeypatch):
    drive = _verifier._Need
    monkeypatch.setattr(_verifier, "_Need", lambda issuer, seen, seconds: drive(issuer, seen, 0.01))
    issuer.gate.clear()
    host = make()
    error = host.check(token).error
    assert (error.code, error.retry_after) == ("JWKS_UNAVAILABLE", 1)
    issuer.gate.set()
    host.settle()
    assert host.check(token).ok


def test_the_log_names_the_address_and_the_reason_and_no_token(make, issuer, token, caplog):
    issuer.answer(KEYS, status=500)
    make(jwks_uri=issuer.keys_url).check(token)
    assert f"cannot fetch `{issuer.keys_url}`: " in caplog.text
    assert "500" in caplog.text
    document = {"issuer": issuer.url[:-1], "jwks_uri": issuer.keys_url}
    issuer.answer(DISCOVERY, json.dumps(document).encode())
    make().check(token)
    assert "the issuer of the document is" in caplog.text
    assert f"not `{issuer.url}`; only the slash at the end differs" in caplog.text
    assert token not in caplog.text


def test_an_unknown_key_is_looked_for_and_then_blamed_on_the_token(make, issuer):
    now = [NOW]
    host = make(clock=lambda: now[0])
    host.ready()
    new = signing_key("k2")
    now[0] += 60
    issuer.publish(key_set(new))
    assert host.check(new.sign(claims(issuer.url))).ok
    assert host.check(signing_key("k3").sign(claims(issuer.url))).error.code == "UNKNOWN_KEY"
    assert issuer.hits[KEYS] == 2


def test_an_aging_set_is_refreshed_in_the_background(make, issuer, token):
    now = [NOW]
    host = make(clock=lambda: now[0])
    host.ready()
    issuer.gate.clear()
    issuer.arrived.clear()
    now[0] += 250
    assert host.check(token).keys.state == "aging"  # at once, although the issuer does not answer
    assert issuer.arrived.wait(20)
    issuer.gate.set()
    host.settle()
    assert host.check(token).keys.state == "fresh"
    assert issuer.hits[KEYS] == 2


def test_what_the_headers_say_reaches_the_module(make, issuer, key, token):
    now = [NOW]
    issuer.publish(key_set(key), Cache_Control="public, max-age=3600", Age="1800")
    host = make(clock=lambda: now[0])
    host.ready()
    now[0] += 1000  # beyond the default
    assert host.check(token).keys.state == "fresh"
    issuer.answer(KEYS, status=503, Retry_After="120")
    other = make(jwks_uri=issuer.keys_url)
    assert other.check(token).error.retry_after == 120


def test_check_sync_does_not_wait_for_the_fetch_it_begins(make, issuer, token):
    issuer.gate.clear()
    host = make()
    error = host.verifier.check_sync(token).error
    assert (error.code, error.retry_after) == ("JWKS_UNAVAILABLE", 1)
    assert issuer.arrived.wait(20)
    issuer.gate.set()
    host.settle()
    assert host.verifier.check_sync(token).ok
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


# Several verifiers


def test_verifiers_with_one_client_share_a_request(issuer, key, token):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    verifiers = [Verifier(**issuer.options), AsyncVerifier(**issuer.options)]
    for verifier in verifiers:
        assert not verifier.check_sync(token).ok
    until(lambda: sum(len(waiting) for waiting in _verifier.requests._waiting.values()) == 2)
    issuer.gate.set()
    for verifier in verifiers:
        settle(verifier)
        assert verifier.check_sync(token).ok
    assert issuer.hits[DISCOVERY] == 1


def test_other_clients_never_share_an_answer(issuer, key, token):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    liar = Issuer(ISSUER)
    verifiers = [Verifier(**one.options) for one in (issuer, liar)]
    for verifier in verifiers:
        verifier.check_sync(token)
    issuer.gate.set()
    codes = [verifier.explain(token).code for verifier in verifiers]
    assert codes == [None, "UNKNOWN_KEY"]


def test_an_issuer_that_hangs_keeps_no_other_waiting(issuer, key, token):
    silent = Issuer("https://silent.example/")
    silent.gate.clear()
    issuer.publish(key_set(key))
    with Verifier(**silent.options) as waiting, Verifier(**issuer.options) as verifier:
        waiting.check_sync(token)
        waiting.health()
        assert silent.arrived.wait(20)
        assert verifier.check(token).ok
    silent.gate.set()


def test_a_call_that_is_cancelled_leaves_the_fetch_to_the_others(issuer, key, token):
    issuer.publish(key_set(key))
    issuer.gate.clear()

    async def main():
        async with AsyncVerifier(**issuer.options) as verifier:
            first, second = (asyncio.ensure_future(verifier.check(token)) for _ in range(2))
            while not issuer.arrived.is_set():
                await asyncio.sleep(0.001)
            first.cancel()
            await asyncio.wait([first])
            assert first.cancelled()
            issuer.gate.set()
            return await second

    assert asyncio.run(main()).ok
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_loop_that_ends_while_keys_are_fetched_harms_nobody(issuer, key, token):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    verifier, left = AsyncVerifier(**issuer.options), []

    async def leave():
        left.append(asyncio.ensure_future(verifier.check(token)))
        while not issuer.arrived.is_set():
            await asyncio.sleep(0.001)

    asyncio.run(leave())
    issuer.gate.set()
    assert asyncio.run(verifier.check(token)).ok
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


# Ready and health


def entry(name, **more):
    return {"issuer": name, "audience": AUDIENCE, **more}


def test_ready_fetches_before_the_first_token(make, issuer, token):
    host = make()
    assert [row.state for row in host.verifier.status()] == ["empty"]
    host.ready()
    (row,) = host.ready()
    assert (row.state, row.keys, row.usable, row.fetch) == ("fresh", 1, True, False)
    host.check(token)
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_one_issuer_that_is_down_does_not_sink_the_other(make, issuer, token):
    down = {"issuer": "https://down.example/", "jwks_uri": f"{ISSUER}down", "audience": AUDIENCE}
    issuer.answer("/down", status=503)
    host = make(issuers=[down, entry(issuer.url)])
    bad, sound = host.ready()
    assert (bad.usable, bad.error, bad.state, bad.failures) == (False, "http_503", "empty", 1)
    assert (sound.usable, sound.error, sound.state, sound.keys) == (True, None, "fresh", 1)
    assert host.check(token).ok
    unusable = {"state": "empty", "age": None, "keys": 0, "failures": 1, "error": "http_503"}
    usable = {"state": "fresh", "age": 0, "keys": 1, "failures": 0, "error": None}
    assert asdict(host.verifier.health()) == {
        "status": "degraded",
        "issuers": (
            {"issuer": ("https://down.example/",), **unusable},
            {"issuer": (issuer.url,), **usable},
        ),
    }


def test_ready_fails_when_no_issuer_has_keys_and_says_why(make, issuer):
    issuer.answer(KEYS, status=302, Location="/")
    where = {"jwks_uri": issuer.keys_url}
    host = make(issuers=[entry(issuer.url, **where), entry("https://b.example/", **where)])
    with pytest.raises(AuthError) as caught:
        host.ready()
    error = caught.value
    assert (error.code, error.status, error.retry_after) == ("JWKS_UNAVAILABLE", 503, 1)
    assert error.details == {"reason": "no_keys", "issuer": [issuer.url]}
    health = host.verifier.health()
    assert health.status == "not_ready"
    assert [row.error for row in health.issuers] == ["redirect", "redirect"]


def test_ready_waits_for_all_at_once_and_no_longer_than_one_fetch(make, issuer, monkeypatch):
    monkeypatch.setattr(_verifier, "READY_SECONDS", 0.01)
    issuer.gate.clear()
    rows = [entry(f"https://{i}.example/", jwks_uri=f"{ISSUER}{i}") for i in range(8)]
    host = make(issuers=rows)
    with pytest.raises(AuthError):
        host.ready()
    until(lambda: len(host.verifier._keys._open) == 8)


def test_ready_joins_a_fetch_under_way(make, issuer, token):
    issuer.gate.clear()
    host = make()
    host.verifier.check_sync(token)
    assert issuer.arrived.wait(20)
    threading.Timer(0.01, issuer.gate.set).start()
    assert host.ready()[0].usable
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_fetch_may_take_its_whole_time():
    assert 5 < _verifier.READY_SECONDS < 6


def test_a_probe_alone_finds_an_issuer_that_was_down_at_the_start(make, issuer, key):
    now = [NOW]
    issuer.answer(KEYS, status=503)
    host = make(clock=lambda: now[0], jwks_uri=issuer.keys_url)
    with pytest.raises(AuthError):
        host.ready()
    issuer.publish(key_set(key))
    assert (host.verifier.health().status, issuer.hits[KEYS]) == ("not_ready", 1)
    now[0] += 10
    assert host.verifier.health().status == "not_ready"
    host.settle()
    until(lambda: host.verifier.health().status == "ready")
    assert issuer.hits[KEYS] == 2


def test_after_closing_a_probe_begins_nothing(make, issuer):
    host = make()
    host.close()
    assert host.verifier.health() == Health("not_ready", ())
    assert issuer.hits == {}


# In the background


@pytest.fixture
def kept(make, issuer, later, monkeypatch):
    """Makes a verifier with keys whose time is that of the test."""
    monkeypatch.setattr("random.random", lambda: 0.0)

    def made(**options):
        host = make(clock=later.clock, jwks_uri=issuer.keys_url, **options)
        host.ready()
        return host

    return made


@pytest.fixture
def passes(later):
    def pass_(host, seconds, step=10):
        for _ in range(int(seconds // step)):
            later.go(step)
            host.settle()
            later.barrier()

    return pass_


def test_an_idle_verifier_has_fresh_keys_whenever_a_token_comes(kept, passes, issuer):
    host = kept()
    passes(host, HOUR)
    assert host.verifier.status()[0].state == "fresh"
    assert issuer.hits[KEYS] == 1 + HOUR / SOFT


def test_a_withdrawn_key_is_gone_before_anything_is_asked(kept, passes, issuer, key):
    host, other = kept(), signing_key("k2")
    issuer.publish(key_set(other))
    passes(host, SOFT + 10)
    assert host.verifier.check_sync(lasting(other)).ok
    assert host.check(lasting(key)).error.code == "UNKNOWN_KEY"


def test_an_outage_is_known_before_the_first_token_and_its_end_is_found(kept, passes, issuer, key):
    host = kept()
    issuer.answer(KEYS, status=503)
    passes(host, 11 * 60)
    assert host.verifier.check_sync(lasting(key)).keys.state == "stale"
    issuer.publish(key_set(key))
    passes(host, 70)
    assert host.verifier.check_sync(lasting(key)).keys.state == "fresh"


def test_an_issuer_that_stays_away_is_given_up_with_the_last_keys(kept, passes, issuer, key):
    host = kept()
    issuer.answer(KEYS, status=503)
    passes(host, HARD + HOUR + 60)
    assert host.verifier.status()[0].due is None
    asked = issuer.hits[KEYS]
    passes(host, HOUR, step=60)
    assert issuer.hits[KEYS] == asked
    issuer.publish(key_set(key))
    assert host.check(lasting(key)).ok, "a token asks again"
    passes(host, SOFT + 10)
    assert issuer.hits[KEYS] == asked + 2, "and they are kept again"


def test_keys_of_a_snapshot_are_kept(kept, passes, issuer):
    snapshot = kept().verifier.snapshot()
    hits = issuer.hits[KEYS]
    host = kept(snapshot=snapshot)
    assert issuer.hits[KEYS] == hits
    passes(host, SOFT + 10)
    assert host.verifier.status()[0].age <= 10


def test_it_can_be_switched_off(kept, passes, issuer):
    host = kept(background_refresh=False)
    passes(host, HOUR, step=60)
    assert issuer.hits[KEYS] == 1
    with pytest.raises(PolicyError, match="`/background_refresh` is not a boolean"):
        Verifier(issuer=ISSUER, audience=AUDIENCE, background_refresh="no")


def test_a_clock_that_fails_for_a_while_ends_nothing(make, passes, issuer, later, monkeypatch):
    monkeypatch.setattr("random.random", lambda: 0.0)
    fails = [False]

    def clock():
        if fails[0]:
            raise OSError("no time")
        return later.clock()

    host = make(clock=clock, jwks_uri=issuer.keys_url)
    host.ready()
    fails[0] = True
    passes(host, HOUR, step=60)
    assert issuer.hits[KEYS] == 1
    fails[0] = False
    passes(host, 120)
    assert host.verifier.status()[0].state == "fresh"


def test_a_clock_that_fails_when_a_fetch_ends_leaves_nothing_under_way(make, issuer, token, later):
    fails = [False]

    def clock():
        if fails[0]:
            raise OSError("no time")
        return later.clock()

    host = make(clock=clock)
    issuer.gate.clear()
    host.verifier.check_sync(token)
    assert issuer.arrived.wait(20)
    fails[0] = True
    issuer.gate.set()
    host.settle()
    fails[0] = False
    assert host.check(token).ok


def test_a_verifier_that_is_not_used_any_more_is_let_go(issuer, key, later):
    issuer.publish(key_set(key))
    verifier = Verifier(**{**issuer.options, "clock": later.clock})
    verifier.ready()
    later.barrier()
    gone = weakref.ref(verifier._keys)
    del verifier
    later.barrier()
    gc.collect()
    assert gone() is None
    later.go(HOUR)
    assert issuer.hits[KEYS] == 1


# Closing


def test_a_closed_verifier_asks_for_nothing_and_knows_nothing(kept, passes, issuer, token):
    host = kept()
    host.close()
    passes(host, HOUR, step=60)
    assert issuer.hits[KEYS] == 1
    assert host.verifier.check_sync(token).error.details == {"reason": "closed"}
    assert host.verifier._session.policy == b""
    assert host.verifier._session._records == {}


def test_closing_lets_go_of_those_who_wait(issuer, key, token):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    verifier, answers = Verifier(**issuer.options), []
    caller = threading.Thread(target=lambda: answers.append(verifier.check(token)))
    caller.start()
    assert issuer.arrived.wait(20)
    verifier.close()
    caller.join(20)
    assert answers[0].error.details == {"reason": "closed"}
    assert issuer.hits == {DISCOVERY: 1}


def test_a_listener_may_close_the_verifier(issuer, key, token, caplog):
    caplog.set_level(logging.ERROR)
    issuer.publish(key_set(key))

    def heard(event):
        if event.type == "keys.fetch":
            verifier.close()

    verifier = Verifier(**issuer.options, on_event=heard)
    assert verifier.check(token).error.details == {"reason": "closed"}
    settle(verifier)
    assert caplog.text == ""


def test_a_listener_that_asks_for_keys_in_the_background_is_not_kept_waiting(issuer, key, token):
    """It would wait for itself."""
    issuer.publish(key_set(key))
    other, seen = Verifier(**issuer.options), []

    def heard(event):
        if event.type == "keys.fetch":
            seen.append(other.check(token))

    with Verifier(**issuer.options, on_event=heard) as verifier:
        assert verifier.check(token).ok
    assert seen[0].error.code == "JWKS_UNAVAILABLE"
    assert other.check(token).ok


# What should never happen


def test_a_step_that_is_not_known_ends_the_conversation(make, issuer, token, caplog):
    host = make()
    fetch = host.verifier._session.fetch
    steps = [{"do": "dance"}, {"do": "dance"}, {}]
    host.verifier._session.fetch = lambda issuer, flags: steps.pop(0)
    for _ in range(2):
        host.verifier._keys.bring(0)
        host.settle()
    assert steps == []
    assert caplog.messages == ["bringing keys failed: KeyError"]
    host.verifier._session.fetch = fetch
    assert host.check(token).ok


def test_keys_that_came_meanwhile_are_not_fetched_again(make, issuer):
    """Of a caller that saw a fetch under way, or none, which has ended before it asks."""
    host = make()
    keys = host.verifier._keys
    seen = keys.seen()
    host.ready()
    told = []
    keys.bring(0, seen, told.append)
    host.settle()
    assert told == [True]
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_fetch_that_only_puts_keys_away_is_not_waited_for(make, issuer):
    gate, store = threading.Event(), MemoryStore()
    store.fault = lambda method: method == "put" and gate.wait(20)
    host = make(store=store)
    host.ready()
    until(lambda: "put" in store.methods())
    assert host.verifier._keys._open
    assert host.verifier._keys.wanted() == []
    assert host.ready()[0].usable
    gate.set()
    host.settle()
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
