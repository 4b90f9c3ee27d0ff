import json

import httpx
import pytest

from fuzefront_authn import Verifier

from .minting import AUDIENCE, NOW, claims

ISSUER = "https://id.example/app/"
URL = "https://id.example/app/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("issuer", "words"),
    [
        (
            "https://id.example/app",
            f"it names `https://id.example/app`, the policy `{ISSUER}`;"
            " only the trailing slash differs",
        ),
        ("https://a/", f"it names `https://a/`, the policy `{ISSUER}`"),
        ("x\n\u001b[2Jerror: y", f"it names `x??[2Jerror: y`, the policy `{ISSUER}`"),
        ("x" * 5000, f"it names `{'x' * 200}`, the policy `{ISSUER}`"),
        (5, f"it names no issuer, the policy `{ISSUER}`"),
    ],
)
def test_the_log_names_both_issuers_of_a_mismatch(key, caplog, issuer, words):
    body = json.dumps({"issuer": issuer, "jwks_uri": "https://id.example/jwks"})
    answers = httpx.MockTransport(lambda request: httpx.Response(200, text=body))
    with (
        httpx.Client(transport=answers) as client,
        Verifier(
            issuer=[ISSUER, "https://old.example/"],
            audience=AUDIENCE,
            clock=lambda: NOW,
            http_client=client,
        ) as verifier,
    ):
        error = verifier.check(key.sign(claims(ISSUER))).error
    assert error.code == "JWKS_UNAVAILABLE"
    assert "id.example" not in json.dumps([error.public_body(), error.headers()])
    assert f"refused `{URL}`: issuer_mismatch: {words}" in caplog.messages
