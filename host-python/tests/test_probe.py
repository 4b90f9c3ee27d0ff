"""What the doctor sees of an issuer, against one on loopback."""

import socket
import ssl

import httpx
import pytest

from fuzefront_authn import _probe
from fuzefront_authn._http import _word as error_word
from fuzefront_authn._probe import MAX_BYTES, fetch_all

from .issuer import DISCOVERY, KEYS


@pytest.fixture
def issuer(served):
    """On loopback: other processes ask it."""
    return served


def probe(url, what="key_set", **options):
    (seen,) = fetch_all([{"what": what, "url": url}], **options)
    assert (seen["what"], seen["url"]) == (what, url)
    assert 0 <= seen["elapsed"] <= 5
    return seen


def test_an_answer_is_reported_as_it_came(issuer):
    issuer.publish({"keys": []}, Access_Control_Allow_Origin="*")
    seen = probe(issuer.keys_url)
    assert (seen["status"], seen["body"], seen["cors"]) == (200, '{"keys": []}', "*")
    assert seen["date"].endswith(" GMT")
    assert "error" not in seen


def test_a_bad_status_is_an_answer_too(issuer):
    issuer.answer(KEYS, b"no such thing", status=404)
    seen = probe(issuer.keys_url)
    assert (seen["status"], seen["body"]) == (404, "no such thing")
    assert seen["cors"] is None


def test_of_a_page_only_the_headers_are_looked_at(issuer):
    issuer.answer("/page", b"<html>", Content_Security_Policy="default-src 'self'")
    seen = probe(issuer.url + "page", "page")
    assert (seen["status"], seen["csp"]) == (200, "default-src 'self'")
    assert "body" not in seen


def test_a_redirect_is_not_followed(issuer):
    issuer.answer(KEYS, status=302, Location=issuer.url + "elsewhere")
    seen = probe(issuer.keys_url)
    assert (seen["error"], seen["location"]) == ("redirect", issuer.url + "elsewhere")
    assert issuer.hits == {KEYS: 1}


def test_a_long_body_is_not_kept(issuer):
    issuer.answer(KEYS, b"x" * (MAX_BYTES + 1))
    seen = probe(issuer.keys_url)
    assert seen["error"] == "too_large"
    assert "body" not in seen
    issuer.answer(KEYS, b"x" * MAX_BYTES)
    assert len(probe(issuer.keys_url)["body"]) == MAX_BYTES


def test_an_answer_that_does_not_come_is_a_timeout(issuer, monkeypatch):
    monkeypatch.setattr(_probe, "SECONDS", 0.2)
    issuer.gate.clear()
    assert probe(issuer.keys_url)["error"] == "timeout"


def test_a_port_where_nobody_listens_refuses():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/jwks/"
        assert probe(url)["error"] == "refused"


def test_a_server_that_speaks_no_tls_is_named(issuer):
    assert probe(issuer.keys_url.replace("http:", "https:"))["error"] == "tls"


@pytest.mark.parametrize(
    ("cause", "word"),
    [
        (socket.gaierror(-2, "Name or service not known"), "dns"),
        (ssl.SSLCertVerificationError("self-signed certificate"), "tls"),
        (ConnectionRefusedError(111, "refused"), "refused"),
        (ConnectionResetError(104, "reset"), "network"),
    ],
)
def test_the_cause_of_a_failed_connection_gives_the_word(cause, word):
    error = httpx.ConnectError("no connection")
    error.__cause__ = cause
    assert error_word(error) == word


def test_no_connection_in_time_is_a_timeout_and_the_unknown_is_the_network():
    assert error_word(httpx.ConnectTimeout("")) == "timeout"
    assert error_word(httpx.RemoteProtocolError("")) == "network"
    assert error_word(ValueError()) == "network"


def test_all_that_is_wanted_is_asked_for_at_once(issuer):
    wanted = [
        {"what": "discovery", "issuer": issuer.url, "url": issuer.url + DISCOVERY[1:]},
        {"what": "key_set", "issuer": issuer.url, "url": issuer.keys_url},
    ]
    seen = fetch_all(wanted)
    assert [one["what"] for one in seen] == ["discovery", "key_set"]
    assert [one["issuer"] for one in seen] == [issuer.url] * 2
    assert [one["status"] for one in seen] == [200, 200]


def test_a_client_of_the_caller_is_used(issuer):
    with httpx.Client(headers={"X-Mine": "1"}) as client:
        assert probe(issuer.keys_url, client=client)["status"] == 200
        assert not client.is_closed
