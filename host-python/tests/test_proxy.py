"""What the environment says of a proxy, without a client of one's own (docs/keys.md, Fetching)."""

import pytest

from .issuer import KEYS
from .minting import claims


@pytest.fixture
def issuer(served):
    """On loopback: other processes ask it."""
    return served


# Known to nobody (RFC 2606 section 3) but the proxy, which is asked for it by its whole URL.
NAME = "http://id.example/"
KEYS_THERE = f"{NAME}jwks/"
BEHIND = {"issuer": NAME, "audience": "app", "jwks_uri": KEYS_THERE}


@pytest.fixture
def behind(make, issuer):
    """A verifier of an issuer behind the proxy."""
    issuer.answers[KEYS_THERE] = issuer.answers[KEYS]
    return make(issuers=[BEHIND], insecure_hosts=["id.example"], http_client=None)


@pytest.fixture
def token(key):
    return key.sign({**claims(NAME), "aud": "app"})


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(behind, issuer, token, monkeypatch, variable):
    monkeypatch.setenv(variable, issuer.url)
    assert behind.check(token).ok
    assert issuer.hits == {KEYS_THERE: 1}


def test_no_proxy_is_obeyed(behind, issuer, token, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", issuer.url)
    monkeypatch.setenv("NO_PROXY", "id.example")
    assert behind.check(token).error.code == "JWKS_UNAVAILABLE"
    assert issuer.hits == {}
