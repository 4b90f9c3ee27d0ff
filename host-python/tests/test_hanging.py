"""An issuer that takes the request and does not answer: who waits, and what keys do meanwhile."""

import time

import pytest

from fuzefront_authn import _exchange

from .issuer import KEYS
from .minting import NOW, claims, signing_key

WAIT = 0.05


class Clock:
    """Stands still until `step` is set; then each look at it moves it on by so many seconds."""

    def __init__(self):
        self.now = NOW
        self.step = 0

    def __call__(self):
        self.now += self.step
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hanging(make, issuer, clock, monkeypatch):
    """Makes a verifier with keys of an age that asks for a fetch first, at an issuer that hangs."""
    of = _exchange.Need.of.__func__
    monkeypatch.setattr(
        _exchange.Need,
        "of",
        classmethod(lambda cls, fetch, *a, **b: of(cls, {**fetch, "wait": WAIT}, *a, **b)),
    )

    def made(keys=True):
        host = make(clock=clock, jwks_uri=issuer.keys_url)
        if keys:
            host.ready()
        return host

    return made


def hang(issuer, clock, step=3):
    issuer.gate.clear()
    clock.now += 1500
    clock.step = step


def test_a_clock_that_fails_when_a_fetch_ends_leaves_nothing_under_way(
    make, issuer, monkeypatch, good
):
    now, fails = [NOW], [False]

    def clock():
        if fails[0]:
            raise OSError("no time")
        return now[0]

    host = make(clock=clock, jwks_uri=issuer.keys_url)
    respond = issuer.respond

    def failing(path):
        fails[0] = True
        return respond(path)

    monkeypatch.setattr(issuer, "respond", failing)
    assert host.check(good).error.code == "VERIFIER_UNAVAILABLE"
    monkeypatch.setattr(issuer, "respond", respond)
    fails[0] = False
    # Otherwise it would hang by now.
    now[0] += 3
    assert host.check(good).ok


def test_keys_serve_on_while_a_fetch_hangs_and_only_the_first_caller_waits(
    hanging, issuer, clock, good
):
    host = hanging()
    hang(issuer, clock)
    begun = time.monotonic()
    assert host.check(good).keys.state == "stale"
    assert time.monotonic() - begun >= WAIT
    asked = clock.now
    assert host.check(good).keys.state == "stale"
    assert clock.now - asked == clock.step, "the module was asked once, and nothing was waited for"
    assert issuer.hits[KEYS] <= 2


def test_without_keys_only_the_first_caller_waits_and_all_are_told_of_an_outage(
    hanging, issuer, clock, good
):
    host = hanging(keys=False)
    hang(issuer, clock)
    assert host.check(good).error.code == "JWKS_UNAVAILABLE"
    asked = clock.now
    error = host.check(good).error
    assert (error.code, error.status) == ("JWKS_UNAVAILABLE", 503)
    assert clock.now - asked == clock.step


def test_an_unknown_key_is_an_outage_while_a_fetch_hangs(hanging, issuer, clock):
    host = hanging()
    hang(issuer, clock)
    for _ in range(2):
        error = host.check(signing_key("k2").sign(claims(issuer.url))).error
        assert (error.code, error.status) == ("JWKS_UNAVAILABLE", 503)


def test_a_verifier_that_joins_the_fetch_of_another_finds_that_it_hangs(
    hanging, issuer, clock, good
):
    first, second = hanging(), hanging()
    hang(issuer, clock)
    assert first.check(good).keys.state == "stale"
    assert second.check(good).keys.state == "stale"


def test_with_a_clock_that_stands_still_the_wait_ends_all_the_same(hanging, issuer, clock, good):
    host = hanging()
    hang(issuer, clock, step=0)
    assert host.check(good).error.code == "JWKS_UNAVAILABLE"
