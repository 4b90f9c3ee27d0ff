"""What an app does with the extra `fastapi`: a guarded endpoint, asked over ASGI."""

import asyncio
import time

import httpx
from fastapi import Depends, FastAPI

from fuzefront_authn import AsyncVerifier, Identity
from fuzefront_authn.fastapi import RequireAuth
from minting import Key

ISSUER = "https://id.example/"
key = Key()
auth = RequireAuth(AsyncVerifier(issuer=ISSUER, audience="app", keys=key.key_set()))
app = FastAPI()


@app.get("/me")
async def me(identity: Identity = Depends(auth.roles("admin"))) -> str:
    return identity.user_id


async def main() -> None:
    claims = {"iss": ISSUER, "aud": "app", "sub": "user-1", "exp": int(time.time()) + 60}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:

        async def get(**changes: object) -> httpx.Response:
            token = key.sign({**claims, **changes})
            return await client.get("/me", headers={"Authorization": f"Bearer {token}"})

        assert (await get(roles=["admin"])).json() == "user-1"
        assert (await get()).json()["code"] == "FORBIDDEN"
        assert (await client.get("/me")).json()["code"] == "NO_TOKEN"


asyncio.run(main())
print("ok")
