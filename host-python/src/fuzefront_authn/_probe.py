"""GETs on behalf of the doctor: whatever comes is reported (docs/abi.md, "Diagnosis").

Unlike the fetching of keys, a bad status or a refused connection is what is looked for here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Optional

from ._http import get, load_httpx

if TYPE_CHECKING:
    import httpx

__all__ = ["MAX_BYTES", "SECONDS", "fetch_all"]

MAX_BYTES = 65536
"""The longest body that the module looks at."""

SECONDS = 5.0
"""For one answer, from the connection to the last byte of the body."""

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
        page = self._wanted["what"] == "page"
        facts, body = get(
            self._wanted["url"],
            headers={"accept": "text/html" if page else "application/json"},
            report=[*_NAMES.values()],
            timeout=SECONDS,
            max_bytes=MAX_BYTES,
            any_status=True,
            client=self._client,
        )
        seen: dict[str, Any] = {"elapsed": round(facts["elapsed"], 3)}
        headers = facts.get("headers")
        if headers is not None:
            seen.update(
                (name, headers[header]) for name, header in _NAMES.items() if header in headers
            )
            # None: there is no such header, unlike left out.
            seen.setdefault("cors", None)
        error = facts.get("error")
        if error is not None and not (page and error == "too_large"):
            seen["error"] = "network" if error == "content_encoding" else error
        elif 300 <= facts.get("status", 200) < 400:
            seen["error"] = "redirect"
        else:
            seen["status"] = facts.get("status", 200)
            if not page:
                seen["body"] = body.decode("utf-8", "replace")
        self._seen = seen
