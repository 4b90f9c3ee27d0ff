"""What a verifier tells its owner: which events, in which order, and nothing that tells who."""

import asyncio
import gzip
from dataclasses import asdict

import pytest

from fuzefront_authn import AsyncVerifier, PolicyError, Verifier

from .issuer import KEYS
from .minting import AUDIENCE, NOW, SigningKey, claims, key_set, signing_key

ACCEPTED = {"type": "verify", "outcome": "accepted", "code": None, "algorithm": "RS256"}


class Listener:
    """Keeps what it hears, without durations; those must be numbers that make sense."""

    def __init__(self):
        self.heard = []

    def __call__(self, event):
        words = asdict(event)
        if "duration" in words:
            assert 0 <= words.pop("duration") < 60
        if words.get("reason", "") is None:
            del words["reason"]
        self.heard.append(words)

    def drain(self):
        heard, self.heard = self.heard, []
        return heard

    def of(self, kind):
        return [event for event in self.drain() if event["type"] == kind]


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def now():
    return [NOW]


@pytest.fixture
def host(make, issuer, listener, now):
    return make(jwks_uri=issuer.keys_url, on_event=listener, clock=lambda: now[0])


def fetched(issuer, document="key_set", outcome="ok", **more):
    return {
        "type": "keys.fetch",
        "issuer": issuer.url,
        "document": document,
        "outcome": outcome,
        **more,
    }


def moved(issuer, old, new):
    return {"type": "keys.state", "issuer": issuer.url, "from_": old, "to": new}


def rejected(code, outcome="rejected", algorithm=None):
    return {"type": "verify", "outcome": outcome, "code": code, "algorithm": algorithm}


def unknown(issuer, outcome):
    return {"type": "unknown_kid", "issuer": issuer.url, "outcome": outcome}


def test_a_cold_start_tells_of_both_documents_the_new_state_and_the_check(
    make, issuer, good, listener
):
    assert make(on_event=listener).check(good).ok
    assert listener.heard == [
        fetched(issuer, "discovery"),
        fetched(issuer),
        moved(issuer, "empty", "fresh"),
        ACCEPTED,
    ]


def test_every_check_is_told_with_its_code(host, key, issuer, good, listener):
    host.ready()
    listener.drain()
    host.check(good)
    host.check_authorization(f"Bearer {good}")
    host.check_authorization(["Bearer a", "Bearer b"])
    host.check(key.sign(claims(issuer.url, aud="other")))
    host.check(None)
    host.check(42)
    codes = ["INVALID_REQUEST", "INVALID_AUDIENCE", "NO_TOKEN", "MALFORMED"]
    assert listener.heard == [ACCEPTED, ACCEPTED, *(rejected(code) for code in codes)]


def test_check_sync_is_a_check(issuer, key, good, listener):
    keys = {"keys": key_set(key), "clock": lambda: NOW}
    verifier = AsyncVerifier(issuer=issuer.url, audience=AUDIENCE, on_event=listener, **keys)
    assert verifier.check_sync(good).ok
    assert listener.heard == [ACCEPTED]


def test_hooks_are_part_of_the_check(make, issuer, good, listener):
    def down(identity, token):
        raise RuntimeError("down")

    make(on_event=listener, is_revoked=lambda identity, token: True).check(good)
    assert listener.drain()[-1] == rejected("REVOKED", algorithm="RS256")
    make(on_event=listener, resolve=down).check(good)
    assert listener.heard[-1] == rejected("VERIFIER_UNAVAILABLE", "unavailable", "RS256")


def test_a_closed_verifier_still_tells_of_checks(host, good, listener):
    host.verifier._session.close()
    host.check(good)
    assert listener.heard == [rejected("VERIFIER_UNAVAILABLE", "unavailable")]


def test_keys_that_age_fail_and_serve_on_are_told_once_each(host, issuer, good, listener, now):
    host.ready()
    listener.drain()
    now[0] += 250
    issuer.answer(KEYS, status=503)
    for _ in range(3):
        assert host.check(good).ok
        host.settle()
    failed = fetched(issuer, outcome="failed", reason="http_503")
    heard = listener.drain()
    assert heard.pop(heard.index(failed)) == failed
    assert heard == [moved(issuer, "fresh", "aging"), ACCEPTED, ACCEPTED, ACCEPTED]
    now[0] += 400
    assert host.check(good).keys.state == "stale"
    assert listener.drain() == [
        moved(issuer, "aging", "dead"),
        failed,
        moved(issuer, "dead", "stale"),
        ACCEPTED,
    ]


def test_other_keys_are_a_rotation_but_the_first_are_not(host, issuer, good, listener, now):
    host.ready()
    now[0] += 250
    host.ready()
    assert [event for event in listener.drain() if event["type"] == "keys.rotated"] == []
    new = signing_key("k2")
    issuer.publish(key_set(new, signing_key("k3")))
    now[0] += 60
    assert host.check(new.sign(claims(issuer.url, now=now[0]))).ok
    generation = host.verifier.status()[0].generation
    assert listener.drain() == [
        unknown(issuer, "fetching"),
        fetched(issuer),
        {"type": "keys.rotated", "issuer": issuer.url, "generation": generation, "keys": 2},
        ACCEPTED,
    ]
    assert host.check(good).error.code == "UNKNOWN_KEY"
    assert listener.drain() == [unknown(issuer, "refused"), rejected("UNKNOWN_KEY")]


def test_an_unknown_key_that_cannot_be_looked_for(host, issuer, listener, now):
    host.ready()
    now[0] += 60
    issuer.answer(KEYS, status=500)
    token = signing_key("k2").sign(claims(issuer.url))
    listener.drain()
    host.check(token)
    host.check(token)
    outcomes = [event["outcome"] for event in listener.of("unknown_kid")]
    assert outcomes == ["fetching", "unavailable", "unavailable"]


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        ({"status": 429}, "failed", "http_429"),
        ({"status": 302}, "failed", "redirect"),
        ({"body": b" " * 262145}, "failed", "too_large"),
        ({"body": b"<html>"}, "refused", "not_json"),
        ({"body": b"x", "Content_Encoding": "br"}, "failed", "content_encoding"),
        ({"body": b"{}", "Content_Encoding": "gzip"}, "failed", "network"),
        ({"body": gzip.compress(b" " * 262145), "Content_Encoding": "gzip"}, "failed", "too_large"),
    ],
)
def test_an_outage_is_told_with_its_reason(host, issuer, good, listener, answer, outcome, reason):
    issuer.answer(KEYS, **answer)
    host.check(good)
    assert listener.heard == [
        fetched(issuer, outcome=outcome, reason=reason),
        rejected("JWKS_UNAVAILABLE", "unavailable"),
    ]


def test_with_several_entries_the_one_the_token_belongs_to_is_named(
    make, issuer, key, good, listener, static
):
    entry = {"audience": AUDIENCE, "jwks_uri": issuer.keys_url}
    names = ["https://other.example/", "https://second.example/"]
    legacy = {"mode": "legacy-hs256", "secret": b"0" * 32, "issuer": None, "audience": None}
    entries = [legacy, {**entry, "issuer": names}, {**entry, "issuer": issuer.url}]
    made = make(issuers=entries, on_event=listener)
    made.ready()
    listener.drain()
    stranger = signing_key("k2")
    made.check(stranger.sign(claims(issuer.url)))
    made.check_authorization(f"bearer {stranger.sign(claims(names[1]))}")
    told = listener.of("unknown_kid")
    assert [event["issuer"] for event in told] == [issuer.url, names[0]]
    assert made.check(good).ok
    assert listener.drain() == [ACCEPTED]


@pytest.mark.parametrize("kind", [RuntimeError, asyncio.CancelledError, GeneratorExit])
def test_a_listener_that_fails_changes_nothing(make, good, kind):
    def fail(event):
        raise kind

    host = make(on_event=fail)
    assert host.check(good).ok
    assert host.check("opaque").error.code == "MALFORMED"


def test_a_listener_that_ends_the_process_ends_no_thread_of_ours(issuer, key, good):
    issuer.publish(key_set(key))

    def leave(event):
        if event.type != "verify":  # which is told in the main thread: there it would end
            raise SystemExit

    options = issuer.options
    with Verifier(**options, on_event=leave) as verifier:
        verifier.ready()
        assert verifier.check(good).ok


def test_the_coroutine_of_a_listener_is_not_awaited(make, good):
    async def late():
        raise RuntimeError("late")

    assert make(on_event=lambda event: late()).check(good).ok


def test_a_listener_may_ask_the_verifier(issuer, key, good):
    issuer.publish(key_set(key))
    seen = []

    def listen(event):
        seen.append((event.type, verifier.status()[0].state, verifier.health().status))

    verifier = Verifier(**issuer.options, jwks_uri=issuer.keys_url, on_event=listen)
    verifier.verify(good)
    assert seen == [
        ("keys.fetch", "fresh", "ready"),
        ("keys.state", "fresh", "ready"),
        ("verify", "fresh", "ready"),
    ]


def test_no_event_holds_a_token_a_subject_or_a_key_id(issuer, key, now):
    marked = SigningKey("MARK-kid", key.private)
    issuer.publish(key_set(marked))
    heard = []
    options = {**issuer.options, "clock": lambda: now[0]}
    verifier = Verifier(**options, on_event=lambda event: heard.append(repr(event)))
    marks = {name: f"MARK-{name}" for name in ("sub", "email", "jti", "sid", "azp")}
    payload = claims(issuer.url, **marks)
    good = marked.sign(payload)
    bad = [
        signing_key("MARK-other").sign(payload),
        marked.sign({**payload, "aud": "MARK-aud"}),
        marked.sign({**payload, "iss": "https://MARK-iss.example/"}),
        good[:-4] + "AAAA",
        f"MARK.{good}",
    ]
    assert verifier.check(good).ok
    for token in [*bad, good, *bad]:
        verifier.check(token)
        now[0] += 35
    assert len(heard) > 15
    for text in heard:
        assert "MARK" not in text
        assert not any(part in text for part in good.split("."))


@pytest.mark.parametrize("kind", [Verifier, AsyncVerifier])
def test_a_listener_must_be_a_plain_function(kind, key):
    async def listen(event):
        await asyncio.sleep(0)

    options = {"issuer": "https://id.example/", "audience": AUDIENCE, "keys": key_set(key)}
    for wrong in ("log", listen):
        with pytest.raises(PolicyError) as caught:
            kind(**options, on_event=wrong)
        assert caught.value.path == "/on_event"
