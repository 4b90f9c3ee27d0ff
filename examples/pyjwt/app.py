"""A service with one protected route. Its keys are fixed in a file, so nothing is ever fetched.

OIDC_ISSUER=… OIDC_AUDIENCE=… OIDC_KEYS=keys.json uvicorn app:from_environment --factory
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, Callable

from fastapi import Depends, FastAPI
from tokens import Entry, Identity, KeySet, read_key_set
from tokens.dependency import answer_refusals, identity_of


def from_environment() -> FastAPI:
    """Fails before the first request if a setting is absent or the key set cannot be read."""
    issuer, audience = os.environ["OIDC_ISSUER"], os.environ["OIDC_AUDIENCE"]
    entry = Entry((issuer,), (audience,), ("RS256",), authorized_parties=(audience,))
    return create(entry, read_key_set(Path(os.environ["OIDC_KEYS"]).read_bytes()))


def create(entry: Entry, key_set: KeySet, clock: Callable[[], float] = time.time) -> FastAPI:
    app = FastAPI()
    answer_refusals(app)
    current_identity = identity_of([entry], lambda: [key_set], clock)

    @app.get("/me")
    async def me(identity: Identity = Depends(current_identity)) -> dict[str, Any]:  # noqa: B008
        return {"issuer": identity.issuer, "userId": identity.user_id, "roles": identity.roles}

    return app
