"""An issuer: a discovery document, a key set, and every way to answer badly.

`Issuer.client` answers without a network; `serving` puts one on loopback.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx

from .minting import AUDIENCE, NOW

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/jwks/"

Answer = tuple[int, dict[str, str], bytes]


class Issuer:
    """Answers by path; `hits` counts the requests. While `gate` is cleared every answer waits."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys_url = url.removesuffix("/") + KEYS
        self.hits: Counter[str] = Counter()
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Event()
        self.answers: dict[str, Answer] = {}
        self.client = httpx.Client(transport=httpx.MockTransport(self._handle))
        self.publish({"keys": []})
        document = {"issuer": self.url, "jwks_uri": self.keys_url}
        self.answer(DISCOVERY, json.dumps(document).encode())

    @property
    def options(self) -> dict[str, Any]:
        """Those of a verifier that asks this issuer, at `NOW`."""
        return {
            "issuer": self.url,
            "audience": AUDIENCE,
            "clock": lambda: NOW,
            "http_client": self.client,
        }

    def publish(self, key_set: dict[str, Any], **headers: str) -> None:
        """The key set to serve from now on."""
        self.answer(KEYS, json.dumps(key_set).encode(), **headers)

    def answer(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """What a path answers from now on; `Cache_Control="…"` is the header Cache-Control."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, body)

    def respond(self, path: str) -> Answer:
        self.hits[path] += 1
        self.arrived.set()
        assert self.gate.wait(20), "a test left the gate closed"
        return self.answers.get(path, (404, {}, b""))

    def _handle(self, request: httpx.Request) -> httpx.Response:
        status, headers, body = self.respond(urlsplit(str(request.url)).path)
        return httpx.Response(status, headers=headers, stream=Pieces(body))


class Pieces(httpx.SyncByteStream):
    """A body that comes piece by piece, as from a socket."""

    def __init__(self, body: bytes, size: int = 16384) -> None:
        self.body = body
        self.size = size

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), self.size):
            yield self.body[start : start + self.size]


@contextmanager
def serving() -> Iterator[Issuer]:
    """An issuer on loopback, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = issuer.respond(self.path)
            try:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the client hung up, as some tests want

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *request: Any) -> None:
            if not isinstance(sys.exc_info()[1], OSError):  # a client that hung up is no error
                super().handle_error(*request)

    server = Server(("127.0.0.1", 0), Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield issuer
    finally:
        issuer.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
