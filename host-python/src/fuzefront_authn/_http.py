"""One GET of a discovery document or a key set, with the manners docs/abi.md asks for.

Status 200 only, no redirects, a bound on time and on bytes. httpx is imported when first needed.
"""

from __future__ import annotations

import email.utils
import inspect
import re
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any, Optional

from ._body import MAX_BYTES, PACKED, Body
from ._errors import MissingExtraError, PolicyError
from ._exchange import Failed, Fetched, Outcome
from ._locks import Latch

if TYPE_CHECKING:
    import httpx

__all__ = [
    "HEADERS",
    "NO_ANSWER",
    "error_word",
    "failure",
    "get",
    "get_async",
    "load_httpx",
    "new_async_client",
    "new_client",
]

NO_ANSWER = Failed("timeout", text="no answer within 5 s")
"""A fetch that took too long."""

_TOO_LARGE = Failed("too_large", text=f"the body is longer than {MAX_BYTES} bytes")

_FAILURES = {
    "dns": "the name of the host is not known",
    "refused": "the connection was refused",
    "tls": "there is no TLS connection",
}

HEADERS = {
    "Accept": "application/json",
    # Some servers compress all the same: `Body` unpacks it, as far as it may.
    "Accept-Encoding": "identity",
    "User-Agent": "fuzefront-authn",
}


def load_httpx() -> Any:
    """The httpx module. Raises MissingExtraError, naming the extra, when it is not installed."""
    try:
        import httpx
    except ImportError as error:
        raise MissingExtraError(
            "fetching keys needs httpx: install `fuzefront-authn[fetch]`, or give `keys`"
        ) from error
    return httpx


def refuse_other_client(client: object, *, asynchronous: bool) -> None:
    """Raises PolicyError for what is no client, and for one of the other kind."""
    if client is None:
        return
    ours, other, theirs = ("Client", "AsyncClient", "AsyncVerifier")
    if asynchronous:
        ours, other, theirs = other, ours, "Verifier"
    send = getattr(client, "send", None)
    if not callable(send) or not callable(getattr(client, "build_request", None)):
        raise PolicyError(f"is not an httpx.{ours}", path="/http_client")
    if inspect.iscoroutinefunction(send) is not asynchronous:
        # Its answers would never come.
        message = f"is an httpx.{other}, which is for `{theirs}`; give an httpx.{ours}"
        raise PolicyError(message, path="/http_client")


def new_client() -> httpx.Client:
    """A client for one fetch. Loads the certificate store, so it takes some milliseconds."""
    client: httpx.Client = load_httpx().Client(follow_redirects=False)
    return client


def new_async_client() -> httpx.AsyncClient:
    """As `new_client`, for use in one event loop."""
    client: httpx.AsyncClient = load_httpx().AsyncClient(follow_redirects=False)
    return client


def get(url: str, client: httpx.Client, deadline: float, stop: Latch) -> Outcome:
    """Never raises. `deadline` is in seconds of `time.monotonic`; `stop` ends it between reads."""
    httpx = load_httpx()
    try:
        timeout = httpx.Timeout(max(0.001, deadline - time.monotonic()))
        request = client.build_request("GET", url, headers=HEADERS, timeout=timeout)
        response = client.send(request, stream=True, follow_redirects=False)
        try:
            refused = _refused(response)
            if refused is not None:
                return refused
            body = _body(response)
            for chunk in response.iter_raw() if body.packed else response.iter_bytes():
                if not body.takes(chunk):
                    return _TOO_LARGE
                if stop.is_set() or time.monotonic() > deadline:
                    return NO_ANSWER
            return Fetched(body.whole(), max_age(response.headers))
        finally:
            response.close()
    except httpx.TimeoutException:
        return NO_ANSWER
    except Exception as error:
        # Whatever an injected client raises, it is a failed fetch and nothing else.
        return failure(error)


async def get_async(url: str, client: httpx.AsyncClient) -> Outcome:
    """Never raises but for cancellation; the caller bounds the time by cancelling it."""
    httpx = load_httpx()
    try:
        request = client.build_request("GET", url, headers=HEADERS)
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            refused = _refused(response)
            if refused is not None:
                return refused
            body = _body(response)
            async for chunk in response.aiter_raw() if body.packed else response.aiter_bytes():
                if not body.takes(chunk):
                    return _TOO_LARGE
            return Fetched(body.whole(), max_age(response.headers))
        finally:
            await response.aclose()
    except httpx.TimeoutException:
        return NO_ANSWER
    except Exception as error:
        return failure(error)


def error_word(error: BaseException) -> str:
    """The word of docs/abi.md for an exception that httpx raised."""
    httpx = load_httpx()
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    causes: list[Optional[BaseException]] = [error]
    while causes[-1] is not None and len(causes) < 10:
        causes.append(causes[-1].__cause__ or causes[-1].__context__)
    words = ((socket.gaierror, "dns"), (ssl.SSLError, "tls"), (ConnectionRefusedError, "refused"))
    for kind, word in words:
        if any(isinstance(cause, kind) for cause in causes):
            return word
    return "network"


def max_age(headers: httpx.Headers) -> Optional[float]:
    """What is left of `Cache-Control: max-age` after `Age`, seconds (RFC 9111 §4.2, §5.2.2.1).

    Nothing is left of what must not be stored or reused (§5.2.2); the module has a minimum.
    """
    control = headers.get("cache-control", "")
    if re.search(r"(?:^|[\s,])no-(?:store|cache)\s*(?:,|$)", control, re.IGNORECASE):
        return 0.0
    given = r'(?:^|[\s,])max-age\s*=\s*"?([0-9]+)"?\s*(?:,|$)'
    found = re.search(given, control, re.IGNORECASE)
    if found is None:
        return None
    age = headers.get("age", "").strip()
    spent = _whole(age) if re.fullmatch("[0-9]+", age) else 0.0
    return max(0.0, _whole(found.group(1)) - spent)


def retry_after(headers: httpx.Headers) -> Optional[float]:
    """`Retry-After` in seconds from now, given as such or as a date (RFC 9110 §10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]+", value):
        return _whole(value)
    until = _seconds(value)
    if until is None:
        return None
    # The server's own clock is the one its date was taken from.
    now = _seconds(headers.get("date", ""))
    return max(0.0, until - (time.time() if now is None else now))


def failure(error: Exception) -> Failed:
    """A failed fetch, for what was raised instead of an answer."""
    word = error_word(error)
    return Failed(word, text=_FAILURES.get(word, type(error).__name__))


def _refused(response: httpx.Response) -> Optional[Failed]:
    status = response.status_code
    if status != 200:
        word = "redirect" if 300 <= status < 400 else f"http_{status}"
        return Failed(word, retry_after(response.headers), f"HTTP status {status}")
    if _encoding(response) not in ("", "identity", *PACKED):
        return Failed("content_encoding")
    length = response.headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,20}", length) and int(length) > MAX_BYTES:
        return _TOO_LARGE
    return None


def _body(response: httpx.Response) -> Body:
    # A client that has read it all by itself has unpacked it too.
    return Body("" if response.is_stream_consumed else _encoding(response))


def _encoding(response: httpx.Response) -> str:
    encoding: str = response.headers.get("content-encoding", "")
    return encoding.strip().lower()


def _whole(digits: str) -> float:
    # RFC 9111 §1.2.2: a number too large stands for 2^31.
    return min(2.0**31, float(digits))


def _seconds(http_date: str) -> Optional[float]:
    try:
        return email.utils.parsedate_to_datetime(http_date).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
