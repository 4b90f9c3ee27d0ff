"""Every check of a verdict."""

import asyncio
import json

import pytest

from fuzefront_authn import AsyncVerifier, AuthError, Verifier, _abi, _engine

from .conftest import ISSUER
from .minting import AUDIENCE, NOW, claims, key_set, signing_key

CHECKS = [row["check"] for row in _engine.ask_once(_abi.ABOUT, b"")["checks"]]


def check(explanation, name):
    return next(row for row in explanation.checks if row.check == name)


def test_an_accepted_token_passes_every_step_asked_for(static, token):
    explanation = static().explain(token)
    assert explanation.verdict == "accepted"
    assert (explanation.code, explanation.status, explanation.message) == (None, None, None)
    assert [row.check for row in explanation.checks] == CHECKS
    assert {row.status for row in explanation.checks} <= {"passed", "not_checked"}
    assert check(explanation, "audience").verified
    assert not check(explanation, "issuer").verified
    assert all(row.clause for row in explanation.checks)


def test_a_refused_token_names_the_check_and_goes_on(static, key):
    explanation = static().explain(key.sign(claims(ISSUER, aud="another", exp=NOW - 600)))
    error = static().check(key.sign(claims(ISSUER, aud="another", exp=NOW - 600))).error
    assert explanation.verdict == "rejected"
    assert (explanation.code, explanation.status) == (error.code, error.status)
    assert explanation.message == error.message
    failed = [row for row in explanation.checks if row.status == "failed"]
    assert failed[0].code == error.code == "EXPIRED"
    assert {row.code for row in failed} >= {"EXPIRED", "INVALID_AUDIENCE"}
    assert [row.check for row in explanation.checks] == CHECKS


def test_what_claims_hold_is_shown_when_asked_for_only(static, key):
    token = key.sign(claims(ISSUER, aud="elsewhere"))
    hidden = check(static().explain(token), "audience")
    assert (hidden.claim, hidden.found, hidden.expected) == ("aud", None, [AUDIENCE])
    assert check(static().explain(token, values=True), "audience").found == "elsewhere"
    assert "elsewhere" not in repr(static().explain(token))


def test_an_explanation_changes_nothing_and_needs_no_hooks(static, token):
    asked = []
    verifier = static(is_revoked=lambda *given: asked.append(given) or False)
    before = verifier.status()
    assert verifier.explain(token).verdict == "accepted"
    assert (asked, verifier.status()) == ([], before)


def test_keys_are_fetched_for_an_explanation(issuer, key, good):
    issuer.publish(key_set(key))
    with Verifier(**issuer.options) as verifier:
        assert verifier.explain(good).verdict == "accepted"
    assert sum(issuer.hits.values()) == 2


def test_without_keys_there_is_no_verdict_and_the_cause_is_a_check(good, issuer):
    issuer.answer("/jwks/", status=500)
    with Verifier(**issuer.options) as verifier:
        explanation = verifier.explain(good)
    assert (explanation.code, explanation.status) == ("JWKS_UNAVAILABLE", 503)
    failed = [row.code for row in explanation.checks if row.status in ("failed", "pending")]
    assert failed == ["JWKS_UNAVAILABLE"]


def test_what_is_no_token_has_no_steps(static):
    with pytest.raises(AuthError) as caught:
        static().explain(5)
    assert caught.value.code == "MALFORMED"
    assert static().explain(None).code == "NO_TOKEN"
    assert static().explain("x" * 600_000).code == "TOKEN_TOO_LARGE"


def test_a_trap_is_no_verdict_and_the_next_call_is_sound(trapping, static, token):
    verifier = static()
    trapping.trap = lambda operation, payload: operation == _abi.EXPLAIN
    with pytest.raises(AuthError) as caught:
        verifier.explain(token)
    assert (caught.value.code, caught.value.details) == (
        "VERIFIER_UNAVAILABLE",
        {"reason": "trap"},
    )
    trapping.trap = lambda operation, payload: False
    assert verifier.explain(token).verdict == "accepted"
    verifier.close()
    with pytest.raises(AuthError) as closed:
        verifier.explain(token)
    assert closed.value.details == {"reason": "closed"}


def test_the_asynchronous_verifier_explains_alike(issuer, key, good):
    issuer.publish(key_set(key))

    async def explained():
        options = issuer.options
        async with AsyncVerifier(**options) as verifier:
            return await verifier.explain(good, values=True)

    with Verifier(**issuer.options) as verifier:
        assert asyncio.run(explained()) == verifier.explain(good, values=True)


def test_the_signature_is_never_shown(static):
    token = signing_key("k2").sign(claims(ISSUER))
    shown = json.dumps([vars(row) for row in static().explain(token, values=True).checks])
    assert token.rsplit(".", 1)[1] not in shown
