"""The validator as a FastAPI dependency: an `Identity`, or the answer of clause 13."""

from __future__ import annotations

import time
from collections.abc import Coroutine, Sequence
from typing import Any, Callable

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from .answer import Accepted, Identity, KeysNeeded, Rejected
from .keys import KeySet
from .policy import Entry
from .validator import validate_request


class RefusedRequest(Exception):
    def __init__(self, rejected: Rejected) -> None:
        super().__init__(rejected.code)
        self.rejected = rejected


def identity_of(
    entries: Sequence[Entry],
    key_sets: Callable[[], Sequence[KeySet | None]],
    clock: Callable[[], float] = time.time,
) -> Callable[[Request], Coroutine[Any, Any, Identity]]:
    """A dependency for routes that need a user; `key_sets` gives the sets in force."""

    async def current_identity(request: Request) -> Identity:
        headers = request.scope["headers"]
        given = [value for name, value in headers if name == b"authorization"]
        verdict = validate_request(entries, key_sets(), given, clock())
        if isinstance(verdict, Accepted):
            return verdict.identity
        if isinstance(verdict, KeysNeeded):
            # A service that fetches keys would fetch here, and judge again.
            verdict = Rejected("JWKS_UNAVAILABLE")
        raise RefusedRequest(verdict)

    return current_identity


def answer_refusals(app: FastAPI) -> None:
    """Makes the body exactly that of 13.2: FastAPI's own would wrap it in `detail`."""

    @app.exception_handler(RefusedRequest)
    async def answer(request: Request, refused: RefusedRequest) -> JSONResponse:
        rejected = refused.rejected
        return JSONResponse(rejected.body, rejected.status, headers=rejected.headers)
