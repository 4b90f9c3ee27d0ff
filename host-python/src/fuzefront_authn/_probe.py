"""GETs on behalf of the doctor: whatever comes is reported (docs/abi.md, "Diagnosis").

Unlike the fetching of keys, a bad status or a refused connection is what is looked for here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Optional

from ._http import HEADERS, error_word, load_httpx, new_client

if TYPE_CHECKING:
    import httpx

__all__ = ["MAX_BYTES", "SECONDS", "fetch_all"]

MAX_BYTES = 65536
"""The longest body that the module looks at."""

SECONDS = 5.0
"""For one answer, from the connection to the last byte of the body."""

_REDIRECTS = (301, 302, 303, 307, 308)
_NAMES = {
    "date": "date",
    "cors": "access-control-allow-origin",
    "location": "location",
    "csp": "content-security-policy",
}


def fetch_all(
    wanted: Sequence[Mapping[str, Any]], client: Optional[httpx.Client] = None
) -> list[dict[str, Any]]:
    """Fetches all that is wanted, at the same time; the answers come in the order asked for."""
    if wanted:
        load_httpx()
    probes = [_Probe(one, client) for one in wanted]
    for probe in probes:
        probe.start()
    return [probe.report() for probe in probes]


class _Probe(threading.Thread):
    """A daemon thread each: no resolver and no server can make the doctor wait for longer."""

    def __init__(self, wanted: Mapping[str, Any], client: Optional[httpx.Client]) -> None:
        super().__init__(name="fuzefront-authn-doctor", daemon=True)
        self._wanted = dict(wanted)
        self._client = client
        self._began = time.monotonic()
        self._seen: Optional[dict[str, Any]] = None

    def report(self) -> dict[str, Any]:
        """The row for `fetched`, in the members of docs/abi.md."""
        self.join(max(0.0, self._began + SECONDS - time.monotonic()))
        seen = self._seen or {"error": "timeout", "elapsed": SECONDS}
        return {**self._wanted, **seen}

    def run(self) -> None:
        try:
            if self._client is not None:
                seen = self._get(self._client)
            else:
                with new_client() as client:
                    seen = self._get(client)
        except Exception as error:
            seen = {"error": error_word(error)}
        seen["elapsed"] = round(time.monotonic() - self._began, 3)
        self._seen = seen

    def _get(self, client: httpx.Client) -> dict[str, Any]:
        page = self._wanted["what"] == "page"
        accept = {**HEADERS, "Accept": "text/html"} if page else HEADERS
        request = client.build_request("GET", self._wanted["url"], headers=accept, timeout=SECONDS)
        response = client.send(request, stream=True, follow_redirects=False)
        try:
            headers = _headers(response)
            if response.status_code in _REDIRECTS:
                return {"error": "redirect", **headers}
            if page:
                return {"status": response.status_code, **headers}
            body = self._body(response)
        finally:
            response.close()
        if isinstance(body, str):
            return {"error": body, **headers}
        return {"status": response.status_code, "body": body.decode("utf-8", "replace"), **headers}

    def _body(self, response: httpx.Response) -> bytes | str:
        """The body, or the word for why there is none."""
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                return "too_large"
            if time.monotonic() > self._began + SECONDS:
                return "timeout"
        return bytes(body)


def _headers(response: httpx.Response) -> dict[str, Optional[str]]:
    found = {word: response.headers.get(name) for word, name in _NAMES.items()}
    # Of `cors` alone it matters that somebody looked and found nothing.
    return {word: value for word, value in found.items() if value is not None or word == "cors"}
