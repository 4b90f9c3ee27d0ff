"""An issuer on loopback that answers every path with the body it was given for it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Bodies", "serving"]

Answer = tuple[int, dict[str, str], bytes]


class Bodies:
    """Paths and their answers; what was not given is a 404."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.answers: dict[str, Answer] = {}

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """The URL that answers with `body` from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, body)
        return self.origin + path


@contextmanager
def serving() -> Iterator[Bodies]:
    """Serves until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = bodies.answers.get(self.path, (404, {}, b"no such path"))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *request: Any) -> None:
            if not isinstance(sys.exc_info()[1], OSError):  # a client that hung up is no error
                super().handle_error(*request)

    server = Server(("127.0.0.1", 0), Handler)
    bodies = Bodies(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield bodies
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
