"""A user's file that must pass mypy --strict."""

import dataclasses
from typing import Annotated

import httpx
import redis
from fastapi import Depends, FastAPI
from opentelemetry import metrics

from fuzefront_authn import (
    Accepted,
    AsyncVerifier,
    AuthError,
    AuthErrorCode,
    AuthEvent,
    Explanation,
    Health,
    Identity,
    IssuerOptions,
    Snapshot,
    TokenFacts,
    Verifier,
    family_contract,
    inspect,
)
from fuzefront_authn.doctor import Finding, diagnose
from fuzefront_authn.fastapi import RequireAuth
from fuzefront_authn.opentelemetry import otel_listener
from fuzefront_authn.redis import RedisStore

legacy: IssuerOptions = {
    "mode": "legacy-hs256",
    "secret": b"0" * 32,
    "issuer": None,
    "audience": None,
}
several = Verifier(issuers=[legacy, {"issuer": "https://id.example/", "audience": ["a", "b"]}])


def is_revoked(identity: Identity, token: TokenFacts) -> bool:
    return token.jti is None and identity.tenant_id is None


async def resolve(identity: Identity, token: TokenFacts) -> Identity:
    return dataclasses.replace(identity, roles=("admin",))


verifier = Verifier(
    issuer="https://id.example/",
    audience="app",
    http_client=httpx.Client(),
    is_revoked=is_revoked,
    clock=lambda: 1.0,
)
awaiting = AsyncVerifier(
    issuer="https://id.example/", audience="app", is_revoked=is_revoked, resolve=resolve
)


def on_event(event: AuthEvent) -> None:
    if event.type == "verify" and event.code == "EXPIRED":
        print(event.duration, event.algorithm)


class OwnStore:
    def get(self, key: str) -> "str | None":
        return None

    def put(self, key: str, value: str, ttl: int) -> None:
        """Nothing is kept."""


kept: Snapshot = verifier.snapshot()
watched = Verifier(
    issuer="https://id.example/", audience="app", on_event=on_event, snapshot=kept, store=OwnStore()
)
health: Health = watched.health()
shared = Verifier(
    issuer="https://id.example/",
    audience="app",
    on_event=otel_listener(metrics.get_meter("app")),
    store=RedisStore(redis.Redis()),
)
awaiting_shared = AsyncVerifier(
    issuer="https://id.example/", audience="app", store=RedisStore(redis.Redis())
)

from_contract: Verifier = Verifier.from_contract(
    family_contract(), app="grafana", environment="local", leeway=30, is_revoked=is_revoked
)
awaiting_contract: AsyncVerifier = AsyncVerifier.from_contract(
    "contract.json", app="grafana", resolve=resolve, required_scopes=["read"]
)


def why_in_full(token: str) -> tuple[Explanation, tuple[Finding, ...]]:
    if from_contract.contract is not None and inspect(token).unverified:
        print(from_contract.contract.version)
    return from_contract.explain(token, values=True), diagnose(from_contract, token=token)


def who(token: str) -> str:
    result = verifier.check(token)
    if result.ok:
        return result.identity.user_id
    code: AuthErrorCode = result.error.code
    return code


def why(token: str) -> int:
    try:
        verifier.verify(token)
    except AuthError as error:
        return error.status if error.retry_after is None else error.retry_after
    return 0


app = FastAPI()
auth = RequireAuth(awaiting)


@app.get("/me")
async def me(identity: Annotated[Identity, Depends(auth)]) -> str:
    return identity.user_id


@app.get("/facts")
def facts(accepted: Annotated[Accepted, Depends(auth.accepted)]) -> str:
    return accepted.token.kind


@app.get("/admin")
def admin(identity: Annotated[Identity, Depends(auth.roles("admin", match="any"))]) -> None: ...


async def main(token: str) -> Identity:
    async with awaiting:
        return await awaiting.verify(token)
