"""FuzeKeys in small: a FastAPI app whose API accepts access tokens of one OpenID provider.

Settings: AUTHN_ENVIRONMENT and, for another contract than the family's, AUTHN_CONTRACT (a file);
or, without a contract, OIDC_ISSUER and OIDC_AUDIENCE (one, or several with spaces between).
FUZEKEYS_DATABASE (a file; users are kept in memory without it). `uvicorn app:app` serves it.
"""

import logging
import os
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

import fuzefront_authn
from fastapi import Depends, FastAPI, HTTPException
from fuzefront_authn import AsyncVerifier, AuthError, Identity
from fuzefront_authn.fastapi import RequireAuth

from users import User, Users

log = logging.getLogger("uvicorn.error")


def setting(name: str) -> str:
    """A setting that must be there. Without it the app does not start."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise RuntimeError(f"the setting `{name}` is missing")
    return value


def by_contract() -> AsyncVerifier:
    """What FuzeKeys accepts stands in the contract: issuer, audience, who may call."""
    contract = os.environ.get("AUTHN_CONTRACT") or fuzefront_authn.family_contract()
    environment = setting("AUTHN_ENVIRONMENT")
    return AsyncVerifier.from_contract(contract, app="fuzekeys", environment=environment)


def by_options() -> AsyncVerifier:
    """The same without a contract: whatever is not said here is not demanded of a token."""
    return AsyncVerifier(
        issuer=setting("OIDC_ISSUER"),
        audience=setting("OIDC_AUDIENCE").split(),
    )


# A setting that is missing or wrong ends the process here, before anybody is let in.
verifier = by_contract() if os.environ.get("AUTHN_ENVIRONMENT") else by_options()
auth = RequireAuth(verifier)
users = Users(os.environ.get("FUZEKEYS_DATABASE", ":memory:"))


def get_current_user(identity: Annotated[Identity, Depends(auth)]) -> User:
    """The local user of the caller: what every endpoint of FuzeKeys depends on.

    The verifier says who calls; who that is here, and whether they may still come in, is for FuzeKeys
    to know.
    """
    # Only tokens of shared-secret issuers may lack `iss`, and this app has no such issuer.
    assert identity.issuer is not None
    user = users.admitted(identity.issuer, identity.user_id, identity.email)
    if not user.is_active:
        raise HTTPException(403, "this account is disabled")
    return user


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Fetches the keys before the first request needs them.

    An issuer that is down is no reason to stay down with it: until its keys are there, requests are
    answered 503 with Retry-After.
    """
    try:
        await verifier.ready()
    except AuthError as error:
        log.warning("fuzekeys: starting without keys (%s)", error.code)
    yield
    await verifier.close()
    users.close()


app = FastAPI(title="FuzeKeys", lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    """Whether the process serves; asks nobody for a token."""
    return {"status": "ok"}


@app.get("/about")
async def about() -> dict[str, Any]:
    """Which verifier this process runs: module, contract, fingerprint of the policy."""
    return {
        "app": "fuzekeys",
        "contract": asdict(verifier.contract) if verifier.contract else None,
        "module": verifier.digest,
        "policy": verifier.fingerprint,
        "runtime": f"python {platform.python_version()}",
        "version": fuzefront_authn.__version__,
    }


@app.get("/auth/me")
def me(
    user: Annotated[User, Depends(get_current_user)],
    identity: Annotated[Identity, Depends(auth)],
) -> dict[str, Any]:
    """The local user, and the identity it was found by."""
    return {"user": {"id": user.id, "email": user.email}, "identity": identity.to_dict()}


@app.get("/identities", dependencies=[Depends(auth.scopes("read"))])
def identities(user: Annotated[User, Depends(get_current_user)]) -> dict[str, Any]:
    """The accounts that the caller keeps here. Needs the scope `read`."""
    return {"owner": user.id, "identities": []}


@app.get("/admin/settings", dependencies=[Depends(auth.roles("admin"))])
def settings(_user: Annotated[User, Depends(get_current_user)]) -> dict[str, Any]:
    """The settings of the whole app. Needs the role `admin`."""
    return {"settings": {}}
