"""Every step of a verdict."""

import asyncio
import json

import pytest

from fuzefront_authn import AsyncVerifier, AuthError, Verifier, _engine

from .conftest import ISSUER
from .minting import AUDIENCE, NOW, claims, key_set, signing_key

STEPS = [
    step["step"] for step in _engine.shared_module().instance().ask("authn_about").get("steps", [])
]


def step(explanation, name):
    return next(step for step in explanation.steps if step.step == name)


def test_an_accepted_token_passes_every_step_asked_for(static, token):
    explanation = static().explain(token)
    assert explanation.verdict == "accepted"
    assert (explanation.code, explanation.status, explanation.message) == (None, None, None)
    assert [step.step for step in explanation.steps] == STEPS
    assert {step.status for step in explanation.steps} <= {"passed", "not_checked"}
    assert step(explanation, "audience").verified
    assert not step(explanation, "issuer").verified
    assert all(step.clause for step in explanation.steps)


def test_a_refused_token_names_the_step_and_goes_on(static, key):
    explanation = static().explain(key.sign(claims(ISSUER, aud="another", exp=NOW - 600)))
    error = static().check(key.sign(claims(ISSUER, aud="another", exp=NOW - 600))).error
    assert explanation.verdict == "rejected"
    assert (explanation.code, explanation.status) == (error.code, error.status)
    assert explanation.message == error.message
    failed = [step for step in explanation.steps if step.status == "failed"]
    assert failed[0].code == error.code == "EXPIRED"
    assert {step.code for step in failed} >= {"EXPIRED", "INVALID_AUDIENCE"}
    assert [step.step for step in explanation.steps] == STEPS


def test_what_claims_hold_is_shown_when_asked_for_only(static, key):
    token = key.sign(claims(ISSUER, aud="elsewhere"))
    hidden = step(static().explain(token), "audience")
    assert (hidden.claim, hidden.found, hidden.expected) == ("aud", None, [AUDIENCE])
    assert step(static().explain(token, values=True), "audience").found == "elsewhere"
    assert "elsewhere" not in repr(static().explain(token))


def test_an_explanation_changes_nothing_and_needs_no_hooks(static, token):
    asked = []
    verifier = static(is_revoked=lambda *given: asked.append(given) or False)
    before = verifier.status()
    assert verifier.explain(token).verdict == "accepted"
    assert (asked, verifier.status()) == ([], before)


def test_keys_are_fetched_for_an_explanation(issuer, key, good):
    issuer.publish(key_set(key))
    with Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW) as verifier:
        assert verifier.explain(good).verdict == "accepted"
    assert sum(issuer.hits.values()) == 2


def test_without_keys_there_is_no_verdict_and_the_cause_is_a_step(good, issuer):
    issuer.answer("/jwks/", status=500)
    with Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW) as verifier:
        explanation = verifier.explain(good)
    assert (explanation.code, explanation.status) == ("JWKS_UNAVAILABLE", 503)
    failed = [step.code for step in explanation.steps if step.status in ("failed", "pending")]
    assert failed == ["JWKS_UNAVAILABLE"]


def test_what_is_no_token_has_no_steps(static):
    with pytest.raises(AuthError) as caught:
        static().explain(5)
    assert caught.value.code == "MALFORMED"
    assert static().explain(None).code == "NO_TOKEN"
    assert static().explain("x" * 600_000).code == "TOKEN_TOO_LARGE"


def test_a_trap_is_no_verdict_and_the_next_call_is_sound(trapping, static, token):
    verifier = static()
    trapping.trap = lambda export, data: export == "authn_explain"
    with pytest.raises(AuthError) as caught:
        verifier.explain(token)
    assert (caught.value.code, caught.value.details) == (
        "VERIFIER_UNAVAILABLE",
        {"reason": "trap"},
    )
    trapping.trap = lambda export, data: False
    assert verifier.explain(token).verdict == "accepted"
    verifier.close()
    with pytest.raises(AuthError) as closed:
        verifier.explain(token)
    assert closed.value.details == {"reason": "closed"}


def test_the_asynchronous_verifier_explains_alike(issuer, key, good):
    issuer.publish(key_set(key))

    async def explained():
        options = {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}
        async with AsyncVerifier(**options) as verifier:
            return await verifier.explain(good, values=True)

    with Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW) as verifier:
        assert asyncio.run(explained()) == verifier.explain(good, values=True)


def test_the_signature_is_never_shown(static):
    token = signing_key("k2").sign(claims(ISSUER))
    shown = json.dumps([vars(step) for step in static().explain(token, values=True).steps])
    assert token.rsplit(".", 1)[1] not in shown
