"""A question to the module that may need keys, and the module's answer as it came."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

from .. import _engine
from .._core import TOKEN, Core
from .._errors import MissingExtraError, PolicyError
from .._exchange import Need, ask_explanation, ask_verdict
from ._ecmascript import parse
from ._io import Io, UsageError
from ._options import Given
from ._refusal import refused

if TYPE_CHECKING:
    from .._keys import Fetcher

__all__ = ["Answer", "ask_explain", "ask_verify"]


@dataclass(frozen=True)
class Answer:
    """An answer, and its text; `failure` is why the keys could not be had, in this host's words."""

    value: dict[str, Any]
    text: str
    failure: Optional[str]


def ask_verify(io: Io, given: Given, policy: str, token: str) -> Answer:
    """Asks whether a token is accepted. Raises UsageError if the policy is refused."""
    core = _open(policy, given)
    return _answer(io, core, ask_verdict(core, io.now, TOKEN, _bytes(token)))


def ask_explain(io: Io, given: Given, policy: str, token: str, values: bool) -> Answer:
    """Asks for every step. Raises UsageError if the policy is refused."""
    core = _open(policy, given)
    return _answer(io, core, ask_explanation(core, io.now, TOKEN, _bytes(token), values))


def _answer(io: Io, core: Core, exchange: Generator[Need, bool, dict[str, Any]]) -> Answer:
    listener = _Listener()
    logger = logging.getLogger("fuzefront_authn")
    logger.addHandler(listener)
    try:
        _drive(io, core, exchange)
    finally:
        logger.removeHandler(listener)
    text = core.last_answer.decode()
    return Answer(parse(text), text, listener.last)


def _drive(io: Io, core: Core, exchange: Generator[Need, bool, dict[str, Any]]) -> None:
    fetcher: Optional[Fetcher] = None
    deadline: Optional[float] = None
    try:
        need = next(exchange)
        while not need.background:
            fetcher = fetcher or _fetcher(io, core)
            deadline = deadline or time.monotonic() + need.wait
            need = exchange.send(fetcher.wait(need, deadline - time.monotonic()))
    except StopIteration:
        return
    finally:
        if fetcher is not None:
            fetcher.close()


def _fetcher(io: Io, core: Core) -> Fetcher:
    from .._keys import Fetcher

    try:
        return Fetcher(core, io.now, io.http_client)
    except MissingExtraError as error:
        raise UsageError(str(error)) from error


def _open(policy: str, given: Given) -> Core:
    data = _bytes(policy)
    try:
        return Core(data, _engine.shared_module())
    except PolicyError as error:
        refusal = {"path": error.path, "message": error.message}
        raise refused(given, refusal, _refusal_of(data)) from error


def _refusal_of(policy: bytes) -> str:
    instance = _engine.shared_module().instance()
    if len(policy) <= instance.buffer_size:
        return _engine.call_once(instance, "authn_open", policy).decode()
    refusal = {"code": "INVALID_POLICY", "path": "", "message": "the policy is too large"}
    return json.dumps({"error": refusal}, separators=(",", ":"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class _Listener(logging.Handler):
    """Keeps what the fetching of keys would have written to a log."""

    last: Optional[str] = None

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()
