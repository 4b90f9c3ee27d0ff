"""Snapshots: what they hold, what may be restored, and what is refused with which word."""

import hashlib
import json
import logging

import pytest

from fuzefront_authn import AsyncVerifier, AuthError, PolicyError, RestoreResult, Verifier, _abi

from .conftest import ISSUER
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key


def record_of(issuer, keys, /, **more):
    """A record by hand; `more` are members of its header."""
    body = json.dumps(keys)
    digest = hashlib.sha256(body.encode()).hexdigest()
    header = {"v": 2, "issuer": [issuer], "fetched_at": NOW, "max_age": None, "sha256": digest}
    text = json.dumps({**header, **more}, separators=(",", ":"))
    return f"{text}\n{body}"


def snapshot_of(issuer, keys, /, **more):
    return {"version": 2, "records": [record_of(issuer, keys, **more)]}


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def start(make, issuer, now):
    """Makes a host with the clock of the test."""
    return lambda **options: make(
        **{"jwks_uri": issuer.keys_url, "clock": lambda: now[0], **options}
    )


def test_a_snapshot_holds_each_set_as_it_was_fetched(make, issuer, key):
    issuer.publish(key_set(key), Cache_Control="max-age=900", Age="100")
    names = [issuer.url, "https://b.example/"]
    fixed = {"issuer": "https://c.example/", "audience": AUDIENCE, "keys": key_set(key)}
    host = make(issuers=[fixed, {"issuer": names, "audience": AUDIENCE}])
    assert host.verifier.snapshot() == {"version": 2, "records": []}
    host.ready()
    expected = snapshot_of("", key_set(key), issuer=names, max_age=800)
    assert host.verifier.snapshot() == expected
    assert json.loads(json.dumps(host.verifier.snapshot())) == expected


def test_a_verifier_that_starts_with_a_snapshot_fetches_nothing(start, issuer, token, now):
    first = start()
    first.ready()
    text = json.dumps(first.verifier.snapshot())
    now[0] += 200
    second = start(snapshot=json.loads(text))
    assert second.check(token).ok
    (row,) = second.verifier.status()
    assert (row.state, row.age, row.error) == ("fresh", 200, None)
    assert row.generation == first.verifier.status()[0].generation
    assert json.dumps(second.verifier.snapshot()) == text
    assert issuer.hits[KEYS] == 1


def test_an_old_set_serves_while_it_is_renewed_and_a_very_old_one_not_at_all(
    start, issuer, token, now
):
    first = start()
    first.ready()
    snapshot = first.verifier.snapshot()
    now[0] += 250
    aging = start(snapshot=snapshot)
    assert aging.check(token).keys.state == "aging"
    aging.settle()
    assert aging.check(token).keys.state == "fresh"
    assert issuer.hits[KEYS] == 2
    now[0] += 4000
    (result,) = start().verifier.restore(snapshot)
    assert (result.result, result.reason) == ("refused", "too_old")


def test_names_are_compared_as_a_set(key):
    names = ["https://a.example/", "https://b.example/"]
    verifier = Verifier(issuer=names, audience=AUDIENCE, clock=lambda: NOW)
    for wrong in ([names[0]], [], [names[1], names[1]], [*names, "x"]):
        (result,) = verifier.restore(snapshot_of("", key_set(key), issuer=wrong))
        assert result == RestoreResult((), "refused", "no_such_issuer")
    (result,) = verifier.restore(snapshot_of("", key_set(key), issuer=[names[1], names[0]]))
    assert result == RestoreResult(tuple(names), "stored")


OTHER = {"keys": []}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (record_of(ISSUER, OTHER), "not_newer"),
        (record_of(ISSUER, OTHER, fetched_at=NOW - 1), "not_newer"),
        (record_of(ISSUER, OTHER, fetched_at=NOW + 72), "from_the_future"),
        (record_of(ISSUER, OTHER, fetched_at=NOW + 5, sha256="0" * 64), "wrong_hash"),
        (record_of(ISSUER, OTHER, fetched_at=NOW + 5) + " ", "wrong_hash"),
        (record_of(ISSUER, OTHER, fetched_at=NOW + 5) + "\ud800", "wrong_hash"),
        (record_of(ISSUER, [], fetched_at=NOW + 5), "not_an_object"),
        (record_of(ISSUER, {"x": "x" * 262144}, fetched_at=NOW + 5), "too_large"),
        (record_of(ISSUER, {"x": "x" * 3000000}, fetched_at=NOW + 5), "not_a_record"),
        (record_of("https://c.example/", OTHER), "no_such_issuer"),
        (record_of(ISSUER, OTHER, v=3), "not_a_record"),
        (record_of(ISSUER, OTHER, fetched_at="1"), "not_a_record"),
        ("", "not_a_record"),
        ("{}", "not_a_record"),
    ],
)
def test_each_refusal_says_why_and_leaves_the_keys_in_force(start, token, now, record, reason):
    host = start()
    host.ready()
    generation = host.verifier.status()[0].generation
    now[0] += 10
    (result,) = host.verifier.restore({"version": 2, "records": [record]})
    assert (result.result, result.reason) == ("refused", reason)
    (row,) = host.verifier.status()
    assert (row.failures, row.generation, row.keys) == (0, generation, 1)
    assert host.check(token).ok


def test_fixed_keys_are_not_replaced(static, key):
    (result,) = static().restore(snapshot_of(ISSUER, key_set(key)))
    assert result.reason == "keys_are_fixed"


def test_newer_keys_are_taken_in_and_told_and_the_withdrawn_one_is_gone(start, issuer, token, now):
    heard = []
    host = start(on_event=heard.append)
    host.ready()
    heard.clear()
    now[0] += 10
    new = signing_key("k2")
    (result,) = host.verifier.restore(snapshot_of(issuer.url, key_set(new), fetched_at=NOW + 9))
    assert result.result == "stored"
    generation = host.verifier.status()[0].generation
    assert [(e.type, e.generation, e.keys) for e in heard] == [("keys.rotated", generation, 1)]
    assert host.check(new.sign(claims(issuer.url))).ok
    assert host.check(token).error.code == "UNKNOWN_KEY"


@pytest.mark.parametrize(
    ("snapshot", "path"),
    [
        ("{}", "/snapshot"),
        ([], "/snapshot"),
        ({}, "/snapshot/version"),
        ({"version": 1, "issuers": []}, "/snapshot/version"),
        ({"version": True, "records": []}, "/snapshot/version"),
        ({"version": 2}, "/snapshot/records"),
        ({"version": 2, "records": "x"}, "/snapshot/records"),
        ({"version": 2, "records": ["x", {}]}, "/snapshot/records/1"),
    ],
)
def test_what_is_not_a_snapshot_is_refused_with_the_place_of_the_fault(snapshot, path):
    options = {"issuer": ISSUER, "audience": AUDIENCE}
    for attempt in (
        lambda: Verifier(**options).restore(snapshot),
        lambda: Verifier(**options, snapshot=snapshot),
        lambda: AsyncVerifier(**options, snapshot=snapshot),
    ):
        with pytest.raises(PolicyError) as caught:
            attempt()
        assert caught.value.path == path


def test_a_snapshot_that_does_not_fit_keeps_no_service_from_starting(start, caplog, token, issuer):
    caplog.set_level(logging.WARNING)
    host = start(snapshot=snapshot_of("https://other.example/", OTHER))
    assert "record 0 of the snapshot was refused: no_such_issuer" in caplog.text
    assert host.check(token).ok
    start(clock=lambda: float("nan"), snapshot=snapshot_of(issuer.url, OTHER))
    assert "the snapshot could not be restored: clock" in caplog.text


def test_after_a_trap_restored_keys_are_there_with_their_age(trapping, start, issuer, token, now):
    first = start()
    first.ready()
    now[0] += 100
    second = start(snapshot=first.verifier.snapshot())
    trapping.trap = lambda operation, payload: payload == b"poison"
    assert second.check("poison").error.code == "VERIFIER_UNAVAILABLE"
    assert second.check(token).ok
    assert second.verifier.status()[0].age == 100
    assert issuer.hits[KEYS] == 1


def test_a_record_that_traps_is_refused(trapping, start, issuer, token):
    host = start()
    trapping.trap = lambda operation, payload: operation == _abi.RESTORE
    (result,) = host.verifier.restore(snapshot_of(issuer.url, OTHER))
    assert (result.result, result.reason) == ("refused", "trap")
    assert host.check(token).ok


def test_closed_there_is_no_snapshot(start, issuer):
    host = start()
    host.close()
    for ask in (
        host.verifier.snapshot,
        lambda: host.verifier.restore(snapshot_of(issuer.url, OTHER)),
    ):
        with pytest.raises(AuthError) as caught:
            ask()
        assert caught.value.details == {"reason": "closed"}


def test_discovery_is_looked_up_when_the_restored_set_ages(make, issuer, token):
    now = [NOW]
    first = make(clock=lambda: now[0])
    first.ready()
    second = make(snapshot=first.verifier.snapshot(), clock=lambda: now[0])
    now[0] += 250
    assert second.check(token).ok
    second.settle()
    assert issuer.hits == {DISCOVERY: 2, KEYS: 2}
