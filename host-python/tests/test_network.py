"""Over real sockets: an issuer on loopback, and servers that misbehave."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import struct
import threading
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from fuzefront_authn import _http

from .conftest import until
from .hosts import Awaiting, Blocking
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key

HOSTS = [Blocking, Awaiting]


@pytest.fixture(params=HOSTS)
def make(request):
    made = []

    def make(url, **options):
        usual = {"issuer": url, "audience": AUDIENCE, "clock": lambda: NOW}
        made.append(request.param(**{**usual, **options}))
        return made[-1]

    yield make
    for host in made:
        host.close()


def test_keys_are_found_and_fetched(make, served, key):
    served.publish(key_set(key))
    host = make(served.url)
    assert host.check(key.sign(claims(served.url))).ok
    assert host.check(key.sign(claims(served.url, aud="other"))).error.code == "INVALID_AUDIENCE"
    assert served.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_caller_is_answered_although_the_issuer_is_not(make, served, key):
    """It waits 3 s for keys that do not come."""
    served.gate.clear()
    error = make(served.url).check(key.sign(claims(served.url))).error
    assert (error.code, error.status, error.retry_after) == ("JWKS_UNAVAILABLE", 503, 1)


def test_redirects_are_not_followed(make, served, key):
    served.answer("/from/", status=302, Location=served.keys_url)
    host = make(served.url, jwks_uri=served.url + "from/")
    assert host.check(key.sign(claims(served.url))).error.details["error"] == "redirect"
    assert served.hits == {"/from/": 1}


def test_a_body_without_length_is_bounded_while_it_is_read(make, served, key):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    served.answer(KEYS, chunk * 64, Transfer_Encoding="chunked")
    served.answers[KEYS][1]["Content-Length"] = ""
    host = make(served.url, jwks_uri=served.keys_url)
    assert host.check(key.sign(claims(served.url))).error.code == "JWKS_UNAVAILABLE"


# Servers of one behaviour


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


def word(url, timeout=20.0):
    facts, _ = _http.get(url, headers={}, report=[], timeout=timeout, max_bytes=262144)
    return facts["error"]


@pytest.mark.parametrize(
    ("answer", "reason", "timeout"),
    [(silence, "timeout", 0.3), (drip, "timeout", 0.3), (reset, "network", 20)],
)
def test_a_server_that_hangs_or_breaks_off(answer, reason, timeout):
    with listening(answer) as (port, hits):
        assert word(f"http://127.0.0.1:{port}/", timeout) == reason
        until(lambda: len(hits) == 1)


def test_headers_that_never_end_are_given_up_by_the_background(make, key, later):
    token = key.sign(claims("https://id.example/"))
    with listening(slow_headers) as (port, hits):
        host = make("https://id.example/", jwks_uri=f"http://127.0.0.1:{port}/", clock=later.clock)
        host.verifier.check_sync(token)
        while not hits:
            later.barrier()
        later.go(5)
        host.settle()
        assert host.verifier.check_sync(token).error.details["error"] == "timeout"


def test_a_certificate_of_an_unknown_authority(tmp_path):
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
        assert word(f"https://127.0.0.1:{port}/") == "tls"


def test_a_name_that_is_not_known():
    assert word("https://no-such-host.invalid/keys") == "dns"


def test_a_port_where_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert word(f"http://127.0.0.1:{port}/") == "refused"
