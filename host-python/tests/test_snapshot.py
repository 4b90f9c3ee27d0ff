"""Snapshots: what they hold, what may be restored, and what is refused with which word."""

import hashlib
import json
import logging
from pathlib import Path

import httpx
import pytest

from fuzefront_authn import AsyncVerifier, AuthError, PolicyError, RestoreResult, Verifier

from .conftest import ISSUER
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key

FROM_NODE = Path(__file__).resolve().parents[2] / "tests" / "snapshots" / "node.json"


def snapshot_of(issuer, keys, /, **more):
    """A snapshot by hand; `more` are members of its only entry."""
    body = json.dumps(keys)
    digest = hashlib.sha256(body.encode()).hexdigest()
    entry = {"issuer": [issuer], "fetchedAt": NOW, "maxAge": None, "sha256": digest, "body": body}
    return {"version": 1, "issuers": [{**entry, **more}]}


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def start(make, issuer, now):
    """Makes a host with the clock of the test."""
    return lambda **options: make(
        **{"jwks_uri": issuer.keys_url, "clock": lambda: now[0], **options}
    )


def no_network(request):
    raise AssertionError("fetched")


def test_a_snapshot_holds_each_set_as_it_was_fetched(make, issuer, key):
    issuer.publish(key_set(key), Cache_Control="max-age=900", Age="100")
    names = [issuer.url, "https://b.example/"]
    fixed = {"issuer": ISSUER, "audience": AUDIENCE, "keys": key_set(key)}
    host = make(issuers=[fixed, {"issuer": names, "audience": AUDIENCE}])
    assert host.verifier.snapshot() == {"version": 1, "issuers": []}
    host.ready()
    expected = snapshot_of("", key_set(key), issuer=names, maxAge=800)
    assert host.verifier.snapshot() == expected
    assert json.loads(json.dumps(host.verifier.snapshot())) == expected


def test_a_verifier_that_starts_with_a_snapshot_fetches_nothing(start, issuer, good, now):
    first = start()
    first.ready()
    text = json.dumps(first.verifier.snapshot())
    now[0] += 200
    second = start(snapshot=json.loads(text))
    assert second.check(good).ok
    (row,) = second.verifier.status()
    assert (row.state, row.age, row.generation, row.error) == ("fresh", 200, 1, None)
    assert json.dumps(second.verifier.snapshot()) == text
    assert issuer.hits[KEYS] == 1


def test_an_old_set_serves_while_it_is_renewed_and_a_very_old_one_not_at_all(
    start, issuer, good, now
):
    first = start()
    first.ready()
    snapshot = first.verifier.snapshot()
    now[0] += 250
    aging = start(snapshot=snapshot)
    assert aging.check(good).keys.state == "aging"
    aging.settle()
    assert aging.check(good).keys.state == "fresh"
    assert issuer.hits[KEYS] == 2
    now[0] += 4000
    (result,) = start().verifier.restore(snapshot)
    assert (result.result, result.reason) == ("refused", "too_old")


def test_an_idle_set_past_its_hard_age_is_asked_for_first(start, issuer, key, now):
    first = start()
    first.ready()
    snapshot = first.verifier.snapshot()
    now[0] += 1300
    issuer.publish(key_set(signing_key("k2")))
    late = start(snapshot=snapshot)
    assert late.check(key.sign(claims(issuer.url))).error.code == "UNKNOWN_KEY"


def test_names_are_compared_as_a_set(key):
    names = ["https://a.example/", "https://b.example/"]
    verifier = Verifier(issuer=names, audience=AUDIENCE, clock=lambda: NOW)
    for wrong in ([names[0]], [], [names[1], names[1]], [*names, "x"]):
        (result,) = verifier.restore(snapshot_of("", key_set(key), issuer=wrong))
        assert result == RestoreResult(tuple(wrong), "refused", "no_such_issuer")
    turned = (names[1], names[0])
    (result,) = verifier.restore(snapshot_of("", key_set(key), issuer=turned))
    assert result == RestoreResult(turned, "stored")


OTHER = {"keys": []}


@pytest.mark.parametrize(
    ("keys", "more", "reason"),
    [
        (OTHER, {}, "not_newer"),
        (OTHER, {"fetchedAt": NOW - 1}, "not_newer"),
        (OTHER, {"fetchedAt": NOW + 72}, "from_the_future"),
        (OTHER, {"fetchedAt": NOW + 5, "sha256": "0" * 64}, "wrong_hash"),
        (OTHER, {"fetchedAt": NOW + 5, "body": "{}"}, "wrong_hash"),
        (OTHER, {"fetchedAt": NOW + 5, "body": "\ud800"}, "wrong_hash"),
        ([], {"fetchedAt": NOW + 5}, "not_an_object"),
        ({"x": "x" * 262144}, {"fetchedAt": NOW + 5}, "too_large"),
        ({"x": "x" * 3000000}, {"fetchedAt": NOW + 5}, "too_large"),
        (OTHER, {"issuer": ["https://c.example/"]}, "no_such_issuer"),
    ],
)
def test_each_refusal_says_why_and_leaves_the_keys_in_force(
    start, issuer, good, now, keys, more, reason
):
    host = start()
    host.ready()
    now[0] += 10
    (result,) = host.verifier.restore(snapshot_of(issuer.url, keys, **more))
    assert (result.result, result.reason) == ("refused", reason)
    (row,) = host.verifier.status()
    assert (row.failures, row.generation, row.keys) == (0, 1, 1)
    assert host.check(good).ok


def test_fixed_keys_are_not_replaced(static, key):
    (result,) = static().restore(snapshot_of(ISSUER, key_set(key)))
    assert result.reason == "keys_are_fixed"


def test_newer_keys_are_taken_in_and_told_and_the_withdrawn_one_is_gone(start, issuer, good, now):
    heard = []
    host = start(on_event=heard.append)
    host.ready()
    heard.clear()
    now[0] += 10
    new = signing_key("k2")
    (result,) = host.verifier.restore(snapshot_of(issuer.url, key_set(new), fetchedAt=NOW + 9))
    assert result.result == "stored"
    assert [(e.type, e.generation, e.keys) for e in heard] == [("keys.rotated", 2, 1)]
    assert host.check(new.sign(claims(issuer.url))).ok
    assert host.check(good).error.code == "UNKNOWN_KEY"


def entry(**more):
    document = snapshot_of(ISSUER, OTHER)
    return {**document, "issuers": [{**document["issuers"][0], **more}]}


@pytest.mark.parametrize(
    ("snapshot", "path"),
    [
        ("{}", "/snapshot"),
        ([], "/snapshot"),
        ({}, "/snapshot/version"),
        ({"version": 2, "issuers": []}, "/snapshot/version"),
        ({"version": True, "issuers": []}, "/snapshot/version"),
        ({"version": 1}, "/snapshot/issuers"),
        ({"version": 1, "issuers": ["x"]}, "/snapshot/issuers/0"),
        (entry(issuer=ISSUER), "/snapshot/issuers/0/issuer"),
        (entry(issuer=[1]), "/snapshot/issuers/0/issuer"),
        (entry(fetchedAt="1"), "/snapshot/issuers/0/fetchedAt"),
        (entry(fetchedAt=True), "/snapshot/issuers/0/fetchedAt"),
        (entry(fetchedAt=float("nan")), "/snapshot/issuers/0/fetchedAt"),
        (entry(fetchedAt=10**400), "/snapshot/issuers/0/fetchedAt"),
        (entry(fetchedAt=-1), "/snapshot/issuers/0/fetchedAt"),
        (entry(maxAge="60"), "/snapshot/issuers/0/maxAge"),
        (entry(sha256=None), "/snapshot/issuers/0/sha256"),
        (entry(body={}), "/snapshot/issuers/0/body"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_the_place_of_the_fault(snapshot, path):
    options = {"issuer": ISSUER, "audience": AUDIENCE}
    for attempt in (
        lambda: Verifier(**options).restore(snapshot),
        lambda: Verifier(**options, snapshot=snapshot),
        lambda: AsyncVerifier(**options, snapshot=snapshot),
    ):
        with pytest.raises(PolicyError) as caught:
            attempt()
        assert caught.value.path == path


def test_a_snapshot_that_does_not_fit_keeps_no_service_from_starting(start, caplog, good, issuer):
    caplog.set_level(logging.WARNING)
    host = start(snapshot=snapshot_of("https://other.example/", OTHER))
    assert "the snapshot of `https://other.example/` was refused: no_such_issuer" in caplog.text
    assert host.check(good).ok
    start(clock=lambda: float("nan"), snapshot=snapshot_of(issuer.url, OTHER))
    assert "the snapshot could not be restored: clock" in caplog.text


def test_after_a_trap_restored_keys_are_there_with_their_age(trapping, start, issuer, good, now):
    first = start()
    first.ready()
    now[0] += 100
    second = start(snapshot=first.verifier.snapshot())
    trapping.trap = lambda export, data: data == b"poison"
    assert second.check("poison").error.code == "VERIFIER_UNAVAILABLE"
    assert second.check(good).ok
    assert second.verifier.status()[0].age == 100
    assert issuer.hits[KEYS] == 1


def test_a_snapshot_that_traps_is_refused(trapping, start, issuer, good):
    host = start()
    trapping.trap = lambda export, data: export == "authn_restore"
    (result,) = host.verifier.restore(snapshot_of(issuer.url, OTHER))
    assert (result.result, result.reason) == ("refused", "trap")
    assert host.check(good).ok


def test_closed_there_is_no_snapshot(start, issuer):
    host = start()
    host.verifier._core.close()
    for ask in (host.verifier.snapshot, lambda: host.verifier.restore(entry(issuer=[issuer.url]))):
        with pytest.raises(AuthError) as caught:
            ask()
        assert caught.value.details == {"reason": "closed"}


def test_discovery_is_looked_up_when_the_restored_set_ages(make, issuer, good):
    now = [NOW]
    first = make(clock=lambda: now[0])
    first.ready()
    second = make(snapshot=first.verifier.snapshot(), clock=lambda: now[0])
    now[0] += 250
    assert second.check(good).ok
    second.settle()
    assert issuer.hits == {DISCOVERY: 2, KEYS: 2}


def test_node_writes_the_same_document():
    text = FROM_NODE.read_text("utf-8")
    (theirs,) = json.loads(text)["issuers"]
    options = {
        "issuer": theirs["issuer"],
        "audience": AUDIENCE,
        "jwks_uri": "https://id.example/k",
        "clock": lambda: theirs["fetchedAt"],
    }
    headers = {"Cache-Control": "max-age=900", "Age": "100"}

    def answer(request):
        return httpx.Response(200, content=theirs["body"].encode(), headers=headers)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        verifier = Verifier(**options, http_client=client)
        verifier.ready()
    ours = json.dumps(verifier.snapshot(), ensure_ascii=False, separators=(",", ":"))
    assert ours == text.rstrip("\n")
    with httpx.Client(transport=httpx.MockTransport(no_network)) as client:
        taken = Verifier(**options, http_client=client, snapshot=json.loads(text))
        assert [(row.state, row.keys) for row in taken.status()] == [("fresh", 1)]
