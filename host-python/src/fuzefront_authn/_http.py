"""One GET, for keys and for the doctor: what came is reported, and judged elsewhere.

No redirects, no cache; a bound on time and on bytes. httpx is imported when first needed.
"""

from __future__ import annotations

import inspect
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Callable, Literal, Optional

from ._background import LATE, Background, background
from ._errors import MissingExtraError, PolicyError
from ._forking import renewed_in_children

if TYPE_CHECKING:
    import httpx

__all__ = ["Answer", "Requests", "get", "load_httpx", "refuse_other_client", "requests"]

Answer = tuple[dict[str, Any], bytes]
"""The facts of an answer (docs/abi.md), and its body."""

_PACKED = ("gzip", "x-gzip", "deflate")
"""The encodings that are unpacked (RFC 9110 section 8.4.1)."""


def load_httpx() -> Any:
    """The httpx module. Raises MissingExtraError, naming the extra, when it is not installed."""
    try:
        import httpx
    except ImportError as error:
        raise MissingExtraError(
            "fetching keys needs httpx: install `fuzefront-authn[fetch]`, or give `keys`"
        ) from error
    return httpx


def refuse_other_client(client: object) -> None:
    """Raises PolicyError for what is not an httpx.Client."""
    if client is None:
        return
    send = getattr(client, "send", None)
    if not callable(send) or not callable(getattr(client, "build_request", None)):
        raise PolicyError("is not an httpx.Client", path="/http_client")
    if inspect.iscoroutinefunction(send):
        message = "is an httpx.AsyncClient; keys are fetched in a thread: give an httpx.Client"
        raise PolicyError(message, path="/http_client")


def get(
    url: str,
    *,
    headers: Mapping[str, str],
    report: Sequence[str],
    timeout: float,
    max_bytes: int,
    client: Optional[httpx.Client] = None,
    body: Literal["ok", "any", "none"] = "ok",
    stopped: Callable[[], bool] = lambda: False,
) -> Answer:
    """Never raises but for MissingExtraError. A name that does not resolve may take longer.

    `timeout` is in seconds, over connection and body; `stopped` is asked between reads. The body is
    read of an answer with status 200 (`ok`), of any answer, or of none.
    """
    httpx = load_httpx()
    begun = time.monotonic()
    facts: dict[str, Any] = {}
    read = b""
    try:
        # A client of its own loads the certificates anew, and has no socket of a parent process.
        own = httpx.Client(follow_redirects=False) if client is None else None
        try:
            sender: Any = client if own is None else own
            # Some servers compress all the same.
            sent = {"user-agent": "fuzefront-authn", "accept-encoding": "identity", **headers}
            request = sender.build_request("GET", url, headers=sent, timeout=timeout)
            response = sender.send(request, stream=True, follow_redirects=False)
            try:
                facts["headers"] = {
                    name: response.headers[name] for name in report if name in response.headers
                }
                if body == "any" or (body == "ok" and response.status_code == 200):
                    read = _body(response, max_bytes, lambda: _late(begun, timeout, stopped))
                facts.update(status=response.status_code, redirected=bool(response.history))
            finally:
                response.close()
        finally:
            if own is not None:
                own.close()
    except Exception as error:
        # Whatever a client raises, it is a failed fetch and nothing else.
        facts["error"] = _word(error)
    facts["elapsed"] = time.monotonic() - begun
    return facts, read


class Requests:
    """The GETs under way for keys: one per URL and client, shared by all who need its answer."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self.renew()
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child: the threads of the parent are not there."""
        # By client too: two clients may trust different authorities, and never share an answer.
        self._waiting: dict[tuple[str, int], list[Callable[[Answer], object]]] = {}

    def get(
        self,
        step: Mapping[str, Any],
        client: Optional[httpx.Client],
        done: Callable[[Answer], object],
    ) -> None:
        """Does a `fetch` step, in the thread of `background`; `done` gets the answer there."""
        key = (step["url"], id(client))
        waiting = self._waiting.get(key)
        if waiting is not None:
            waiting.append(done)
            return
        self._waiting[key] = [done]
        stop = threading.Event()

        def work() -> Answer:
            return get(
                step["url"],
                headers=step["headers"],
                report=step["report"],
                timeout=step["timeout"],
                max_bytes=step["max_bytes"],
                client=client,
                stopped=stop.is_set,
            )

        def finish(result: Any) -> None:
            stop.set()
            if isinstance(result, BaseException):
                word = "timeout" if result is LATE else _word(result)
                result = ({"error": word}, b"")
            for told in self._waiting.pop(key):
                told(result)

        self._background.call(step["timeout"], work, finish)


requests = Requests(background)
"""Those of this process."""


class _Refused(Exception):
    """The body is not taken; the word says why."""


def _body(response: httpx.Response, most: int, late: Callable[[], bool]) -> bytes:
    length = response.headers.get("content-length", "")
    if length.isdecimal() and len(length) <= 20 and int(length) > most:
        raise _Refused("too_large")
    encoding = response.headers.get("content-encoding", "").strip().lower()
    # A client that has read it all by itself has unpacked it too.
    chunks = response.iter_bytes()
    if encoding not in ("", "identity") and not response.is_stream_consumed:
        if encoding not in _PACKED:
            raise _Refused("content_encoding")
        chunks = _unpacked(response.iter_raw(), encoding, most)
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise _Refused("too_large")
        if late():
            raise _Refused("timeout")
    return bytes(body)


def _unpacked(chunks: Iterator[bytes], encoding: str, most: int) -> Iterator[bytes]:
    """What is packed, piece by piece: never more than one byte above `most` at once."""
    stream: Optional[zlib._Decompress] = None
    for chunk in chunks:
        piece = chunk
        while piece:
            if stream is None:
                stream = zlib.decompressobj(wbits=_format(encoding, piece[0]))
            elif stream.eof:
                # gzip may have several members (RFC 1952 section 2.2), and zeros behind the last.
                if encoding == "deflate" or piece[0] == 0:
                    yield b""
                    break
                stream = zlib.decompressobj(wbits=_format(encoding, piece[0]))
            yield stream.decompress(piece, most + 1)
            piece = stream.unused_data or stream.unconsumed_tail
    if stream is not None and not stream.eof:
        raise EOFError("the packed body ends too early")


def _format(encoding: str, first: int) -> int:
    if encoding != "deflate":
        return 16 + zlib.MAX_WBITS
    # RFC 1950 section 2.2: 8 is its method. Some servers leave its header out.
    return zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS


def _late(begun: float, timeout: float, stopped: Callable[[], bool]) -> bool:
    return stopped() or time.monotonic() - begun > timeout


def _word(error: BaseException) -> str:
    """The word of docs/abi.md for what was raised instead of an answer."""
    if isinstance(error, _Refused):
        return str(error)
    if isinstance(error, load_httpx().TimeoutException):
        return "timeout"
    words = ((socket.gaierror, "dns"), (ssl.SSLError, "tls"), (ConnectionRefusedError, "refused"))
    cause: Optional[BaseException] = error
    for _ in range(10):
        for kind, word in words:
            if isinstance(cause, kind):
                return word
        cause = None if cause is None else cause.__cause__ or cause.__context__
    return "network"
