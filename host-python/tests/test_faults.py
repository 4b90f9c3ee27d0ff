"""Issuers that misbehave over real sockets.

What a token gets, how many fetches, how long the caller waits, and that the next fetch recovers it.
"""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import json
import socket
import ssl
import struct
import threading
import time
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from fuzefront_authn import _async_keys, _flights

from .issuer import DISCOVERY, KEYS
from .minting import NOW, key_set, signing_key


def head(length, *more):
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {length}", *more, "", ""]).encode()


def drip(connection, stop):
    connection.sendall(head(100))
    while not stop.wait(0.02):
        connection.sendall(b" ")


def slow_headers(connection, stop):
    while not stop.wait(0.02):
        connection.sendall(b"H")


def silence(connection, stop):
    stop.wait(20)


def reset(connection, stop):
    connection.sendall(head(100) + b'{"keys":')
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def listening(answer, wrap=lambda connection: connection):
    """A server of one behaviour; its port, and how many connections came."""
    stop, hits = threading.Event(), []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                hits.append(connection)
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

        def talk(connection):
            try:
                with wrap(connection) as wrapped:
                    wrapped.recv(65536)
                    answer(wrapped, stop)
            except OSError:
                return  # the client hung up, as it should

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], hits
        finally:
            stop.set()
            server.shutdown(socket.SHUT_RDWR)
            server.close()
            thread.join()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(silence, "timeout"), (slow_headers, "timeout"), (drip, "timeout"), (reset, "network")],
)
def test_a_server_that_hangs_or_breaks_off(make, good, monkeypatch, answer, reason):
    for module in (_flights, _async_keys):
        monkeypatch.setattr(module, "FETCH_SECONDS", 0.3)
    with listening(answer) as (port, hits):
        host = make(jwks_uri=f"http://127.0.0.1:{port}/")
        begun = time.monotonic()
        for _ in range(3):
            assert host.check(good).error.code == "JWKS_UNAVAILABLE"
        assert time.monotonic() - begun < 2.5
        assert host.verifier.health().issuers[0].error == reason
        assert len(hits) == 1


def test_a_certificate_of_an_unknown_authority(make, good, tmp_path):
    key = signing_key("tls").private
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime.timedelta(days=1)
    today = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, today - day, today + day)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def wrap(connection):
        return context.wrap_socket(connection, server_side=True)

    with listening(silence, wrap) as (port, _):
        host = make(jwks_uri=f"https://127.0.0.1:{port}/")
        assert host.check(good).error.code == "JWKS_UNAVAILABLE"
        assert host.verifier.health().issuers[0].error == "tls"


def test_a_name_that_nobody_knows(make, good):
    host = make(jwks_uri="https://no-such-host.invalid/keys")
    assert host.check(good).error.code == "JWKS_UNAVAILABLE"
    assert host.verifier.health().issuers[0].error == "dns"


def test_a_port_where_nobody_listens(make, good):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    host = make(jwks_uri=f"http://127.0.0.1:{port}/")
    assert host.check(good).error.code == "JWKS_UNAVAILABLE"
    assert host.verifier.health().issuers[0].error == "refused"


BOMB = gzip.compress(bytes(64 * 1024 * 1024))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"status": 500}, "http_500"),
        ({"status": 429, "Retry_After": "90"}, "http_429"),
        ({"status": 301, "Location": "/elsewhere"}, "redirect"),
        ({"body": b"<html></html>", "Content_Type": "text/html"}, "not_json"),
        ({"body": b'{"keys":[{"kty":"RSA"'}, "not_json"),
        ({"body": b"[]"}, "not_an_object"),
        ({"body": b'{"keys":{}}'}, "keys_not_an_array"),
        ({"body": b" " * 10_000_000}, "too_large"),
        ({"body": BOMB, "Content_Encoding": "gzip"}, "too_large"),
        ({"body": b"{}", "Content_Encoding": "br"}, "content_encoding"),
        ({"body": json.dumps({"keys": [{"kty": "RSA"}] * 65}).encode()}, "too_many_keys"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_that_is_no_key_set_is_an_outage_that_ends(
    make, issuer, key, good, answer, reason
):
    now = [NOW]
    issuer.answer(KEYS, **answer)
    host = make(jwks_uri=issuer.keys_url, clock=lambda: now[0])
    for _ in range(5):
        error = host.check(good).error
        assert (error.code, error.status) == ("JWKS_UNAVAILABLE", 503)
    assert host.verifier.health().issuers[0].error == reason
    assert issuer.hits == {KEYS: 1}
    issuer.publish(key_set(key))
    now[0] += error.retry_after
    assert host.check(good).ok
    assert issuer.hits == {KEYS: 2}
    assert host.verifier.health().issuers[0].error is None


@pytest.mark.parametrize("keys", [{}, {"keys": []}])
def test_a_set_without_keys_is_an_answer(make, issuer, good, keys):
    issuer.publish(keys)
    host = make(jwks_uri=issuer.keys_url)
    assert host.check(good).error.code == "UNKNOWN_KEY"
    assert host.verifier.health().status == "degraded"


def test_a_broken_key_a_twin_and_a_wrong_type_of_content_harm_no_good_key(make, issuer, key, good):
    broken = {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"}
    twin = {**key.jwk, "use": "enc"}
    keys = {"keys": [broken, twin, key.jwk, {**signing_key("k2").jwk, "kid": "k1"}]}
    issuer.publish(keys, Content_Type="application/octet-stream")
    host = make(jwks_uri=issuer.keys_url)
    assert host.check(good).ok
    assert len(host.verifier.status()[0].skipped) == 2


def test_a_discovery_document_that_names_another_issuer(make, issuer, good):
    document = {"issuer": issuer.url[:-1], "jwks_uri": issuer.keys_url}
    issuer.answer(DISCOVERY, json.dumps(document).encode())
    host = make()
    assert host.check(good).error.code == "JWKS_UNAVAILABLE"
    assert host.verifier.health().issuers[0].error == "issuer_mismatch"
    assert issuer.hits == {DISCOVERY: 1}


@pytest.mark.parametrize("jump", [-7200, -30, 30])
def test_a_clock_that_jumps_costs_no_token(make, issuer, good, jump):
    now = [NOW + 8000 if jump == -7200 else NOW]
    host = make(jwks_uri=issuer.keys_url, clock=lambda: now[0])
    host.ready()
    now[0] = NOW + 800 if jump == -7200 else NOW + jump
    assert host.check(good).ok
    host.settle()
    assert issuer.hits[KEYS] == (2 if jump == -7200 else 1)
