"""Keys over real HTTP on loopback, sync and async. Time is the clock given; nothing sleeps."""

import asyncio
import builtins
import gzip
import json
import socket
import threading
import time
import zlib

import httpx
import pytest

from fuzefront_authn import (
    AsyncVerifier,
    AuthError,
    MissingExtraError,
    PolicyError,
    Verifier,
    _async_keys,
    _flights,
)

from .hosts import Blocking
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key


def test_keys_are_discovered_once(make, issuer, good):
    host = make()
    assert [host.check(good).ok for _ in range(3)] == [True] * 3
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_jwks_uri_skips_discovery(make, issuer, good):
    assert make(jwks_uri=issuer.keys_url).check(good).ok
    assert issuer.hits == {KEYS: 1}


def test_ready_fetches_before_the_first_token(make, issuer, good):
    host = make()
    assert [row.state for row in host.verifier.status()] == ["empty"]
    host.ready()
    host.ready()
    assert [row.state for row in host.verifier.status()] == ["fresh"]
    assert host.verifier.status()[0].keys == 1
    host.check(good)
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_ready_says_when_the_issuer_is_down(make, issuer):
    issuer.answer(DISCOVERY, status=500)
    host = make()
    with pytest.raises(AuthError) as caught:
        host.ready()
    assert (caught.value.code, caught.value.status) == ("JWKS_UNAVAILABLE", 503)
    assert caught.value.retry_after is not None
    assert caught.value.details == {"reason": "no_keys", "issuer": [issuer.url]}


@pytest.mark.parametrize(
    ("answer", "hits"),
    [
        ({"status": 500}, 1),
        ({"status": 404}, 1),
        ({"status": 204}, 1),
        ({"body": b"<html>"}, 1),
        ({"body": b"[]"}, 1),
        ({"body": b'{"keys":[' + b" " * 262144 + b"]}"}, 1),
        ({"body": b"\x1f\x8b", "Content_Encoding": "gzip"}, 1),
        ({"body": gzip.compress(b'{"keys":[]}')[:-4], "Content_Encoding": "gzip"}, 1),
        ({"body": gzip.compress(b"{}") + b" " * 262144, "Content_Encoding": "gzip"}, 1),
        ({"Content_Length": "7", "Connection": "close"}, 1),
    ],
)
def test_a_bad_answer_is_an_outage_and_is_not_repeated_at_once(make, issuer, good, answer, hits):
    issuer.answer(KEYS, **answer)
    host = make(jwks_uri=issuer.keys_url)
    for _ in range(3):
        error = host.check(good).error
        assert (error.code, error.status, error.challenge) == ("JWKS_UNAVAILABLE", 503, None)
        assert error.retry_after >= 1
    assert issuer.hits[KEYS] == hits


def test_a_body_of_the_largest_size_is_read(make, issuer, key, good):
    body = b'{"keys":[' + json.dumps(key.jwk).encode()
    issuer.answer(KEYS, body + b" " * (262144 - len(body) - 2) + b"]}")
    assert make(jwks_uri=issuer.keys_url).check(good).ok


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),  # without the header of RFC 1950
    ],
)
def test_a_body_that_is_packed_all_the_same_is_read(make, issuer, key, good, encoding, pack):
    body = pack(json.dumps(key_set(key)).encode())
    issuer.answer(KEYS, body, Content_Encoding=encoding)
    assert make(jwks_uri=issuer.keys_url).check(good).ok


def test_a_body_without_length_is_bounded_while_it_is_read(make, issuer, good):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    issuer.answer(KEYS, chunk * 64, Transfer_Encoding="chunked")
    issuer.answers[KEYS][1]["Content-Length"] = ""
    assert make(jwks_uri=issuer.keys_url).check(good).error.code == "JWKS_UNAVAILABLE"


def test_redirects_are_not_followed(make, issuer, good):
    issuer.answer("/from/", status=302, Location=issuer.keys_url)
    host = make(jwks_uri=issuer.url + "from/")
    assert host.check(good).error.code == "JWKS_UNAVAILABLE"
    assert issuer.hits == {"/from/": 1}


def test_a_refused_connection_is_an_outage(make, good):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    error = make(jwks_uri=f"http://127.0.0.1:{port}/jwks").check(good).error
    assert (error.code, error.status) == ("JWKS_UNAVAILABLE", 503)


def test_discovery_of_another_issuer_is_refused(make, issuer, good):
    issuer.answer(DISCOVERY, b'{"issuer":"https://evil.example/","jwks_uri":"https://x/"}')
    assert make().check(good).error.code == "JWKS_UNAVAILABLE"
    assert KEYS not in issuer.hits


def test_an_unknown_key_is_looked_for_and_then_blamed_on_the_token(make, issuer):
    now = [NOW]
    host = make(clock=lambda: now[0])
    host.ready()
    rotated = signing_key("k2")
    now[0] += 31  # the set in force is no proof any more
    issuer.publish(key_set(rotated))
    assert host.check(rotated.sign(claims(issuer.url))).ok
    forged = signing_key("k3").sign(claims(issuer.url))
    error = host.check(forged).error
    assert (error.code, error.status) == ("UNKNOWN_KEY", 401)
    assert issuer.hits[KEYS] == 2


def test_an_aging_set_is_refreshed_in_the_background(make, issuer, good):
    now = [NOW]
    host = make(clock=lambda: now[0])
    host.ready()
    issuer.gate.clear()
    issuer.arrived.clear()
    now[0] += 250
    result = host.check(good)  # at once, although the issuer does not answer
    assert result.ok
    assert result.keys.state == "aging"
    if isinstance(host, Blocking):
        assert issuer.arrived.wait(10)
    issuer.gate.set()
    host.settle()
    assert host.check(good).keys.state == "fresh"
    assert issuer.hits[KEYS] == 2


def test_max_age_and_age_bound_freshness(make, issuer, key, good):
    now = [NOW]
    issuer.publish(key_set(key), Cache_Control="public, max-age=3600", Age="1800")
    host = make(clock=lambda: now[0])
    host.ready()
    now[0] += 1000  # beyond the default
    assert host.check(good).keys.state == "fresh"
    now[0] += 900
    assert host.check(good).keys.state == "aging"
    host.settle()


def test_retry_after_is_honoured(make, issuer, key, good):
    now = [NOW]
    issuer.answer(KEYS, status=503, Retry_After="120")
    host = make(jwks_uri=issuer.keys_url, clock=lambda: now[0])
    assert host.check(good).error.retry_after == 120
    issuer.publish(key_set(key))
    now[0] += 119
    assert host.check(good).error.code == "JWKS_UNAVAILABLE"
    now[0] += 2
    assert host.check(good).ok


def test_an_outage_keeps_the_keys_there_are(make, issuer, good):
    now = [NOW]
    host = make(clock=lambda: now[0])
    host.ready()
    issuer.answer(KEYS, status=500)
    now[0] += 1300
    result = host.check(good)
    assert result.ok
    assert result.keys.state == "stale"


def test_a_caller_waits_only_so_long(make, issuer, good, monkeypatch):
    from fuzefront_authn import _exchange

    of = _exchange.Need.of.__func__
    monkeypatch.setattr(
        _exchange.Need,
        "of",
        classmethod(lambda cls, fetch, *a, **b: of(cls, {**fetch, "wait": 0.05}, *a, **b)),
    )
    issuer.gate.clear()
    host = make()
    begun = time.monotonic()
    error = host.check(good).error
    assert (error.code, error.retry_after) == ("JWKS_UNAVAILABLE", 1)
    assert time.monotonic() - begun < 2.5
    issuer.gate.set()
    host.settle()
    assert host.check(good).ok


def test_a_silent_issuer_is_given_up_on(make, issuer, good, monkeypatch):
    for module in (_flights, _async_keys):
        monkeypatch.setattr(module, "FETCH_SECONDS", 0.2)
    issuer.gate.clear()
    host = make()
    for _ in range(2):
        error = host.check(good).error
        assert (error.code, error.status) == ("JWKS_UNAVAILABLE", 503)
    assert host.verifier.status()[0].failures == 1
    assert KEYS not in issuer.hits


def test_two_verifiers_share_one_fetch(issuer, key, good):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}
    verifiers = [Verifier(**options) for _ in range(2)]
    answers = []
    threads = [
        threading.Thread(target=lambda v=v: answers.append(v.check(good))) for v in verifiers
    ]
    threads[0].start()
    assert issuer.arrived.wait(10)
    threads[1].start()
    flight = next(iter(_flights.flights._flights.values()))
    while flight.waiting < 2:
        time.sleep(0.001)
    issuer.gate.set()
    for thread in threads:
        thread.join()
    assert [answer.ok for answer in answers] == [True, True]
    assert issuer.hits[DISCOVERY] == 1


def test_two_async_verifiers_share_one_fetch(issuer, key, good):
    issuer.publish(key_set(key))
    options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}

    async def main():
        async with AsyncVerifier(**options) as one, AsyncVerifier(**options) as two:
            return await asyncio.gather(*(v.check(good) for v in (one, two) for _ in range(5)))

    assert all(answer.ok for answer in asyncio.run(main()))
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_other_clients_never_share_an_answer(issuer, key, good):
    issuer.publish(key_set(key))

    def lie(request):
        return httpx.Response(200, json={"keys": [], "issuer": issuer.url})

    with httpx.Client(transport=httpx.MockTransport(lie)) as liar:
        options = {"issuer": issuer.url, "audience": AUDIENCE, "jwks_uri": issuer.keys_url}
        misled = Verifier(**options, clock=lambda: NOW, http_client=liar)
        assert misled.check(good).error.code == "UNKNOWN_KEY"
        assert Verifier(**options, clock=lambda: NOW).check(good).ok


def test_a_client_may_be_given(issuer, key, good):
    seen = []

    def answer(request):
        seen.append((str(request.url), request.headers["accept"]))
        return httpx.Response(200, json=key_set(key))

    transport = httpx.MockTransport(answer)
    options = {"issuer": issuer.url, "audience": AUDIENCE, "jwks_uri": "https://id.example/k"}
    with httpx.Client(transport=transport) as client:
        assert Verifier(**options, clock=lambda: NOW, http_client=client).check(good).ok

    async def main():
        async with httpx.AsyncClient(transport=transport) as client:
            verifier = AsyncVerifier(**options, clock=lambda: NOW, http_client=client)
            return await verifier.check(good)

    assert asyncio.run(main()).ok
    assert seen == [("https://id.example/k", "application/json")] * 2


@pytest.mark.parametrize(
    ("kind", "client", "message"),
    [
        (Verifier, httpx.AsyncClient(), "is an httpx.AsyncClient, which is for `AsyncVerifier`"),
        (AsyncVerifier, httpx.Client(), "is an httpx.Client, which is for `Verifier`"),
        (Verifier, 5, "is not an httpx.Client"),
        (Verifier, httpx, "is not an httpx.Client"),
        (AsyncVerifier, "client", "is not an httpx.AsyncClient"),
    ],
)
def test_what_is_no_client_or_one_of_the_other_kind_is_refused(kind, client, message):
    with pytest.raises(PolicyError, match=f"`/http_client` {message}"):
        kind(issuer="https://id.example/", audience=AUDIENCE, http_client=client)


def test_check_sync_starts_the_fetch_it_cannot_wait_for(issuer, key, good):
    issuer.publish(key_set(key))

    async def main():
        async with AsyncVerifier(
            issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW
        ) as verifier:
            assert verifier.check_sync(good).error.code == "JWKS_UNAVAILABLE"
            await verifier.ready()
            assert verifier.check_sync(good).ok
        return verifier

    asyncio.run(main())
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    outside = AsyncVerifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW)
    assert outside.check_sync(good).error.code == "JWKS_UNAVAILABLE"
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_check_sync_of_the_sync_verifier_does_not_wait_either(issuer, key, good):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    with Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW) as verifier:
        error = verifier.check_sync(good).error
        assert (error.code, error.retry_after) == ("JWKS_UNAVAILABLE", 1)
        assert issuer.arrived.wait(10), "the fetch began in the background"
        issuer.gate.set()
        verifier.ready()
        assert verifier.check_sync(good).ok
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


@pytest.mark.parametrize("name", ["fuzefront-authn-keys", "fuzefront-authn-fetch"])
def test_where_no_thread_can_be_had_it_is_an_outage(issuer, good, monkeypatch, name):
    start = threading.Thread.start

    def refuse(self):
        if self.name == name:
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW)
    assert verifier.check(good).error.code == "JWKS_UNAVAILABLE"
    assert issuer.hits == {}


def test_a_client_that_raises_is_an_outage(issuer, good):
    def fail(request):
        raise RuntimeError("boom")

    with httpx.Client(transport=httpx.MockTransport(fail)) as client:
        verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, http_client=client)
        assert verifier.check(good).error.code == "JWKS_UNAVAILABLE"


def test_failures_are_logged_without_tokens(make, issuer, good, caplog):
    issuer.answer(KEYS, status=500)
    make(jwks_uri=issuer.keys_url).check(good)
    assert f"cannot fetch `{issuer.keys_url}`: HTTP status 500" in caplog.text
    issuer.answer(KEYS, b"<html>")
    make(jwks_uri=issuer.keys_url).check(good)
    assert f"refused `{issuer.keys_url}`: not_json" in caplog.text
    assert good not in caplog.text


@pytest.mark.parametrize("kind", [Verifier, AsyncVerifier])
def test_without_httpx_the_extra_is_named(monkeypatch, kind, key):
    imported = builtins.__import__

    def without_httpx(name, *arguments, **named):
        if name == "httpx":
            raise ImportError(name)
        return imported(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without_httpx)
    with pytest.raises(MissingExtraError, match=r"fuzefront-authn\[fetch\]"):
        kind(issuer="https://id.example/", audience=AUDIENCE)
    kind(issuer="https://id.example/", audience=AUDIENCE, keys=key_set(key))
