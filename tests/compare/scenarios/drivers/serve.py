"""A driver's half of the protocol, as in serve.mjs: one JSON object a line, each with an `id`.

Lines are worked on side by side, each in a thread, so fifty of them are fifty concurrent requests.
"""

from __future__ import annotations

import json
import platform
import sys
import threading
from collections.abc import Mapping
from typing import Any, Callable, Protocol

from clock import advance, real_milliseconds, run

Words = dict[str, Any]


class Verifier(Protocol):
    """One library, opened for one issuer."""

    def verify(self, token: str) -> object:
        """Returns for a token that is accepted, raises for any other."""

    def settle(self) -> None:
        """Waits for fetches in the background."""

    def close(self) -> object:
        """Nothing happens in the background any more."""


class Server:
    """Answers the lines of standard input."""

    def __init__(
        self,
        *,
        versions: Mapping[str, str],
        kind_of: Callable[[Exception], str],
        opened: Callable[..., Verifier],
    ) -> None:
        self._versions = dict(versions)
        self._kind_of = kind_of
        self._opened = opened
        self._verifiers: dict[str, Verifier] = {}
        self._lock = threading.Lock()

    def run(self) -> None:
        """Until standard input ends."""
        for line in sys.stdin:
            words = json.loads(line)
            # Daemons: a thread that still waits for an issuer does not keep the process.
            threading.Thread(target=self._answer, args=(words,), daemon=True).start()

    def _answer(self, words: Words) -> None:
        identity, operation = words.pop("id"), words.pop("op")
        answer = getattr(self, f"_on_{operation}")(**words) or {}
        with self._lock:
            print(json.dumps({"id": identity, **answer}), flush=True)

    def _on_about(self) -> Words:
        return {**self._versions, "runtime": f"Python {platform.python_version()}"}

    def _on_advance(self, seconds: float) -> None:
        advance(seconds)

    def _on_open(self, verifier: str, **options: Any) -> None:
        self._verifiers[verifier] = self._opened(**options)

    def _on_close(self) -> None:
        for verifier in self._verifiers.values():
            verifier.close()
        self._verifiers.clear()

    def _on_run(self) -> None:
        run()

    def _on_settle(self, verifier: str) -> None:
        self._verifiers[verifier].settle()

    def _on_verify(self, verifier: str, token: str) -> Words:
        started = real_milliseconds()
        try:
            self._verifiers[verifier].verify(token)
        except Exception as error:
            after = real_milliseconds() - started
            return {"ok": False, "kind": self._kind_of(error), "error": _name(error), "ms": after}
        return {"ok": True, "ms": real_milliseconds() - started}


def _name(error: Exception) -> str:
    code = getattr(error, "code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"
