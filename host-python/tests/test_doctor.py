"""What the doctor finds, on an issuer on loopback and on documents at hand."""

import json
import sys
import time

import httpx
import pytest

from fuzefront_authn import AsyncVerifier, MissingExtraError, PolicyError, Verifier, _tools
from fuzefront_authn.doctor import Finding, diagnose

from .issuer import DISCOVERY
from .minting import AUDIENCE, NOW, claims, key_set


@pytest.fixture
def issuer(served):
    """On loopback: other processes ask it."""
    return served


ALGORITHMS = "id_token_signing_alg_values_supported"


def ids(findings):
    return [finding.id for finding in findings]


def discovery(at, **changes):
    document = {"issuer": at.url, "jwks_uri": at.keys_url, ALGORITHMS: ["RS256"]}
    return json.dumps({**document, **changes})


@pytest.fixture
def sound(issuer, key):
    """An issuer with nothing to complain about."""
    issuer.answer(DISCOVERY, discovery(issuer).encode(), Access_Control_Allow_Origin="*")
    issuer.publish(key_set(key), Access_Control_Allow_Origin="*")
    return issuer


def patient(issuer, **options):
    return Verifier(issuer=issuer.url, audience=AUDIENCE, **options)


def test_a_sound_set_up_has_neither_errors_nor_warnings(sound):
    findings = diagnose(patient(sound))
    assert {finding.severity for finding in findings} == {"info"}
    assert "healthy" in ids(findings)
    assert sound.hits == {DISCOVERY: 1, "/jwks/": 1}


def test_a_provider_without_a_signing_key_is_named(sound):
    sound.publish({})
    sound.answer(DISCOVERY, discovery(sound, **{ALGORITHMS: ["HS256"]}).encode())
    first, *_ = diagnose(patient(sound))
    assert isinstance(first, Finding)
    assert (first.id, first.severity, first.subject) == ("no_signing_key", "error", sound.url)
    assert "Signing Key" in first.remedy
    assert first.what
    assert first.why
    assert first.evidence[ALGORITHMS] == ["HS256"]


def test_an_issuer_that_differs_by_a_slash_is_shown(sound):
    sound.answer(DISCOVERY, discovery(sound, issuer=sound.url.rstrip("/")).encode())
    found = next(f for f in diagnose(patient(sound)) if f.id == "issuer_slash_differs")
    assert found.evidence["differs"] == ["slash"]


def test_a_policy_may_be_a_document_or_that_of_either_verifier(sound):
    document = {"issuers": [{"issuer": sound.url, "audience": AUDIENCE}]}
    awaiting = AsyncVerifier(issuer=sound.url, audience=AUDIENCE)
    for policy in (document, awaiting, patient(sound)):
        assert "healthy" in ids(diagnose(policy))


def test_a_token_is_looked_at_too(sound, key):
    # The issuer's own clock, in its `Date` header, is that of this machine.
    good = key.sign(claims(sound.url, now=time.time()))
    assert "token_accepted" in ids(diagnose(patient(sound), token=good))
    late = key.sign(claims(sound.url, now=time.time() - 10**6))
    findings = diagnose(patient(sound), token=late)
    assert findings[0].severity == "error"
    assert late.rsplit(".", 1)[1] not in json.dumps([vars(finding) for finding in findings])


def test_the_time_may_be_given(sound, key):
    assert "clock_beyond_leeway" in ids(diagnose(patient(sound), now=NOW))


def test_a_slow_start_is_no_wrong_clock(sound, monkeypatch):
    # What counts is the time at which the answers are looked at.
    real = time.time
    start = iter([real() - 30])
    monkeypatch.setattr(time, "time", lambda: next(start, None) or real())
    assert "clock_differs" not in ids(diagnose(patient(sound)))


def test_a_token_alone_names_the_issuer_to_look_at(sound, good):
    diagnose(token=good, now=NOW)
    assert sound.hits[DISCOVERY] == 1


def test_documents_at_hand_are_not_fetched(sound, key):
    given = {"discovery": discovery(sound), "key_set": '{"keys":[]}'}
    assert "no_signing_key" in ids(diagnose(patient(sound), **given, offline=True))
    diagnose(patient(sound), **given)
    assert sound.hits == {}


def test_offline_nothing_is_fetched(sound):
    findings = diagnose(patient(sound), page=sound.url + "page", offline=True)
    assert "healthy" not in ids(findings)
    assert sound.hits == {}


def test_a_page_that_forbids_webassembly_is_named(sound):
    sound.answer("/page", Content_Security_Policy="script-src 'self'")
    findings = diagnose(patient(sound), page=sound.url + "page")
    assert any("csp" in finding.id for finding in findings), ids(findings)


def test_an_issuer_that_does_not_answer_is_named(sound):
    sound.answer(DISCOVERY, status=302, Location=sound.url)
    assert any(f.severity == "error" for f in diagnose(patient(sound)))


def test_a_refused_policy_is_named_by_its_path():
    with pytest.raises(PolicyError) as caught:
        diagnose({"issuers": [{"issuer": "https://id.example/"}]}, offline=True)
    assert caught.value.path == "/issuers/0/audience"
    with pytest.raises(PolicyError, match="neither a string"):
        diagnose({"issuers": object()}, offline=True)


def test_a_secret_does_not_leave_the_policy():
    secret = "not-to-be-seen-" * 3
    legacy = {"mode": "legacy-hs256", "secret": secret, "issuer": None, "audience": None}
    findings = diagnose(Verifier(issuers=[legacy]), offline=True)
    assert "not-to-be-seen" not in json.dumps([vars(finding) for finding in findings])


def test_without_httpx_it_says_which_extra_is_missing(sound, monkeypatch):
    verifier = patient(sound)
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtraError, match=r"fuzefront-authn\[fetch\]"):
        diagnose(verifier)
    diagnose(verifier, offline=True)


def test_text_that_has_no_form_in_a_message_is_looked_at_all_the_same():
    assert diagnose(token="\ud800.b.c", offline=True)
    assert ids(diagnose(token="x" * 600_000, offline=True))[0] == "token_too_large"


def test_a_client_may_be_given(sound):
    sound_url, asked = sound.url, []

    def answer(request):
        asked.append(str(request.url))
        raise httpx.ConnectError("refused") from ConnectionRefusedError()

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        findings = diagnose(patient(sound), http_client=client)
    assert findings[0].severity == "error"
    assert asked == [sound_url + DISCOVERY[1:]]


def test_an_issuer_that_hangs_is_named_in_time(sound, monkeypatch):
    fetch = _tools._World._fetch
    monkeypatch.setattr(
        _tools._World, "_fetch", lambda self, need: fetch(self, {**need, "timeout": 0.05})
    )
    sound.gate.clear()
    findings = diagnose(patient(sound))
    sound.gate.set()
    assert findings[0].severity == "error"
