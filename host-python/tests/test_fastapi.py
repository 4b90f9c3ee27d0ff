import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any, Callable, Optional

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Security
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from fuzefront_authn import Accepted, AsyncVerifier, Identity, IssuerOptions, Verifier
from fuzefront_authn.fastapi import AuthHTTPError, RequireAuth, install

from .conftest import ISSUER
from .issuer import DISCOVERY
from .minting import AUDIENCE, NOW, claims, key_set, signing_key

Mint = Callable[..., dict[str, str]]


@pytest.fixture(params=[Verifier, AsyncVerifier])
def verifier(request: pytest.FixtureRequest) -> Any:
    keys = key_set(signing_key("k1"))
    return request.param(issuer=ISSUER, audience=AUDIENCE, keys=keys, clock=lambda: NOW)


@pytest.fixture
def bearer() -> Mint:
    """Makes the headers of a request with a good token, or with changed claims."""

    def mint(**changes: Any) -> dict[str, str]:
        return {"Authorization": "Bearer " + signing_key("k1").sign(claims(ISSUER, **changes))}

    return mint


def make_app(verifier: Any, **options: Any) -> FastAPI:
    app = FastAPI()
    auth = RequireAuth(verifier, **options)

    @app.get("/sync")
    def sync(identity: Annotated[Identity, Depends(auth)]) -> dict[str, Any]:
        return identity.to_dict()

    @app.get("/async")
    async def async_(identity: Annotated[Identity, Depends(auth)]) -> dict[str, Any]:
        return identity.to_dict()

    @app.get("/admin")
    def admin(identity: Annotated[Identity, Depends(auth.roles("admin", "ops"))]) -> str:
        return identity.user_id

    @app.get("/any")
    def any_(caller: Annotated[Identity, Depends(auth.roles("admin", "ops", match="any"))]) -> str:
        return caller.user_id

    @app.get("/read")
    async def read(identity: Annotated[Identity, Depends(auth.scopes("read", "list"))]) -> str:
        return identity.user_id

    @app.get("/security")
    async def security(identity: Annotated[Identity, Security(auth, scopes=["read"])]) -> str:
        return identity.user_id

    @app.get("/tenant")
    def tenant(identity: Annotated[Identity, Depends(auth.tenant())]) -> Optional[str]:
        return identity.tenant_id

    @app.get("/acme")
    def acme(identity: Annotated[Identity, Depends(auth.tenant("acme"))]) -> Optional[str]:
        return identity.tenant_id

    @app.get("/of/{tenant}", dependencies=[Depends(auth.tenant(tenant_in_path))])
    async def of(found: Annotated[Accepted, Depends(auth.accepted)]) -> dict[str, Any]:
        return found.token.to_dict()

    @app.get("/nowhere", dependencies=[Depends(auth.tenant(lambda request: None))])
    async def nowhere() -> None:
        """Nobody gets here."""

    app.state.auth = auth
    return app


def tenant_in_path(request: Request) -> Optional[str]:
    return request.path_params.get("tenant")


@pytest.fixture
def client(verifier: Any) -> Iterator[TestClient]:
    with TestClient(make_app(verifier)) as client:
        yield client


@pytest.mark.parametrize("path", ["/sync", "/async"])
def test_a_good_token_gives_the_identity(client: TestClient, bearer: Mint, path: str) -> None:
    answer = client.get(path, headers=bearer(roles=["admin"]))
    assert answer.status_code == 200
    assert answer.json()["userId"] == "user-1"
    assert answer.json()["roles"] == ["admin"]


@pytest.mark.parametrize("path", ["/sync", "/async", "/admin", "/read", "/security", "/acme"])
def test_no_token_is_401_with_the_plain_challenge(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert answer.json() == {"error": "the request carries no bearer token", "code": "NO_TOKEN"}
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_bad_token_is_401_with_its_code(client: TestClient, bearer: Mint) -> None:
    answer = client.get("/sync", headers=bearer(exp=NOW - 100))
    assert answer.status_code == 401
    assert answer.json() == {"error": "the token has expired", "code": "EXPIRED"}
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "Retry-After" not in answer.headers


def test_several_authorization_headers_are_400(client: TestClient, bearer: Mint) -> None:
    one = ("Authorization", bearer()["Authorization"])
    answer = client.get("/sync", headers=[one, one])
    assert answer.status_code == 400
    assert answer.json()["code"] == "INVALID_REQUEST"
    assert 'error="invalid_request"' in answer.headers["WWW-Authenticate"]


def test_an_outage_is_503_with_retry_after(bearer: Mint) -> None:
    def failing(identity: Identity, token: object) -> bool:
        raise ConnectionError

    keys = key_set(signing_key("k1"))
    down = Verifier(
        issuer=ISSUER, audience=AUDIENCE, keys=keys, clock=lambda: NOW, is_revoked=failing
    )
    answer = TestClient(make_app(down)).get("/sync", headers=bearer())
    assert answer.status_code == 503
    assert answer.json()["code"] == "VERIFIER_UNAVAILABLE"
    assert answer.headers["Retry-After"] == "1"
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize(
    ("path", "roles", "status"),
    [
        ("/admin", ["admin", "ops"], 200),
        ("/admin", ["admin"], 403),
        ("/admin", None, 403),
        ("/any", ["ops"], 200),
        ("/any", ["reader"], 403),
    ],
)
def test_roles(client: TestClient, bearer: Mint, path: str, roles: Any, status: int) -> None:
    answer = client.get(path, headers=bearer(roles=roles))
    assert answer.status_code == status
    if status == 403:
        assert answer.json() == {"error": "the identity may not do this", "code": "FORBIDDEN"}


@pytest.mark.parametrize(
    ("path", "scope", "missing"),
    [
        ("/read", "list read more", None),
        ("/read", "read", "read list"),
        ("/read", None, "read list"),
        ("/security", "read", None),
        ("/security", "reader", "read"),
    ],
)
def test_scopes(client: TestClient, bearer: Mint, path: str, scope: Any, missing: Any) -> None:
    answer = client.get(path, headers=bearer(scope=scope))
    if missing is None:
        assert answer.status_code == 200
        return
    assert answer.status_code == 403
    assert answer.json()["code"] == "INSUFFICIENT_SCOPE"
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_scope",'
        f' error_description="the token lacks a required scope", scope="{missing}"'
    )


def test_a_missing_scope_is_answered_as_the_module_answers_it(client: TestClient, key: Any) -> None:
    by_policy = Verifier(
        issuer=ISSUER,
        audience=AUDIENCE,
        keys=key_set(key),
        clock=lambda: NOW,
        required_scopes=["read", "list"],
    )
    token = key.sign(claims(ISSUER))
    result = by_policy.check(token)
    assert not result.ok
    answer = client.get("/read", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == result.error.status
    assert answer.json() == result.error.public_body()
    challenge, scope = result.error.headers()["WWW-Authenticate"].split(" scope=")
    assert answer.headers["WWW-Authenticate"] == f'{challenge} scope="read list"'
    assert sorted(scope.strip('"').split()) == ["list", "read"]


@pytest.mark.parametrize(
    ("path", "tenant", "status"),
    [
        ("/tenant", "acme", 200),
        ("/tenant", None, 403),
        ("/acme", "acme", 200),
        ("/acme", "other", 403),
        ("/acme", None, 403),
        ("/of/acme", "acme", 200),
        ("/of/acme", "other", 403),
        ("/of/acme", None, 403),
        ("/nowhere", "acme", 403),
    ],
)
def test_tenants(client: TestClient, bearer: Mint, path: str, tenant: Any, status: int) -> None:
    answer = client.get(path, headers=bearer(tenantId=tenant))
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "FORBIDDEN"


def test_a_guard_that_asks_for_nothing_is_a_mistake(verifier: Any) -> None:
    auth = RequireAuth(verifier)
    for wrong in (
        auth.roles,
        auth.scopes,
        lambda: auth.scopes("read write"),
        lambda: auth.scopes('read", error="none'),
        lambda: auth.roles("a", match="some"),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match="at least one"):
            wrong()


# Bodies


def test_the_handler_is_there_for_mounted_apps_and_routers(verifier: Any, bearer: Mint) -> None:
    outer, inner, router = FastAPI(), FastAPI(), APIRouter()
    auth = RequireAuth(verifier)
    for target in (inner, router):
        target.add_api_route("/x", lambda: "x", dependencies=[Depends(auth.roles("admin"))])
    outer.include_router(router, prefix="/router")
    outer.mount("/mounted", inner)
    client = TestClient(outer)
    for path in ("/router/x", "/mounted/x"):
        assert client.get(path).json()["code"] == "NO_TOKEN"
        assert client.get(path, headers=bearer()).json()["code"] == "FORBIDDEN"
        assert client.get(path, headers=bearer(roles="admin")).json() == "x"


def own_handler(request: Request, error: HTTPException) -> JSONResponse:
    return JSONResponse({"own": error.detail}, status_code=error.status_code)


def test_an_application_s_own_handler_is_kept(verifier: Any) -> None:
    app = make_app(verifier)
    app.add_exception_handler(HTTPException, own_handler)  # type: ignore[arg-type]
    body = {"error": "the request carries no bearer token", "code": "NO_TOKEN"}
    assert TestClient(app).get("/sync").json() == {"own": body}
    install(app)
    assert TestClient(make_installed(app)).get("/sync").json() == body


def make_installed(app: FastAPI) -> FastAPI:
    app.middleware_stack = None  # as before its first request
    return app


def test_installing_before_the_first_request_is_the_same(verifier: Any) -> None:
    app = make_app(verifier)
    install(app)
    answer = TestClient(app).get("/sync")
    assert answer.json()["code"] == "NO_TOKEN"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_error_behind_the_answer_is_at_hand(verifier: Any, bearer: Mint) -> None:
    app, seen = make_app(verifier), []

    @app.exception_handler(AuthHTTPError)
    async def log(request: Request, error: AuthHTTPError) -> JSONResponse:
        seen.append(error.error.details)
        return JSONResponse({}, status_code=error.status_code)

    assert TestClient(app).get("/sync", headers=bearer(aud="other")).status_code == 401
    assert seen[0]["claim"] == "aud"


def test_dependency_overrides_replace_the_caller(verifier: Any) -> None:
    app = make_app(verifier)
    caller = Identity(user_id="test", auth_mode="federated-jwks", expires_at=0, roles=("ops",))
    app.dependency_overrides[app.state.auth] = lambda: caller
    client = TestClient(app)
    assert client.get("/sync").json()["userId"] == "test"
    assert client.get("/any").json() == "test"
    assert client.get("/admin").json()["code"] == "FORBIDDEN"


def test_one_request_is_verified_once(bearer: Mint) -> None:
    asked = []

    def resolve(identity: Identity, token: object) -> Identity:
        asked.append(identity.user_id)
        return dataclasses.replace(identity, roles=("admin",), tenant_id="acme")

    keys = key_set(signing_key("k1"))
    verifier = Verifier(
        issuer=ISSUER, audience=AUDIENCE, keys=keys, clock=lambda: NOW, resolve=resolve
    )
    app, auth = FastAPI(), RequireAuth(verifier)
    both = [Depends(auth.roles("admin")), Depends(auth.tenant("acme"))]

    @app.get("/", dependencies=both)
    def root(identity: Annotated[Identity, Depends(auth)]) -> str:
        return identity.user_id

    assert TestClient(app).get("/", headers=bearer()).json() == "user-1"
    assert asked == ["user-1"]


# The OpenAPI page


def schemes(app: FastAPI) -> dict[str, Any]:
    found: dict[str, Any] = app.openapi()["components"]["securitySchemes"]
    return found


def test_the_openapi_page_shows_a_bearer_scheme(verifier: Any) -> None:
    app = make_app(verifier)
    assert schemes(app) == {
        "HTTPBearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    for path in ("/sync", "/async", "/admin", "/read", "/security", "/tenant"):
        operation = app.openapi()["paths"][path]["get"]
        assert [list(row) for row in operation["security"]] == [["HTTPBearer"]], path
        assert "parameters" not in operation, path


@pytest.mark.parametrize("kind", [Verifier, AsyncVerifier])
def test_it_shows_an_openid_scheme_when_the_document_is_known(kind: Any) -> None:
    discovering = kind(issuer=ISSUER, audience=AUDIENCE)
    url = ISSUER.rstrip("/") + DISCOVERY
    app = make_app(discovering)
    assert schemes(app)["OpenIdConnect"] == {"type": "openIdConnect", "openIdConnectUrl": url}
    found = app.openapi()["paths"]["/sync"]["get"]["security"]
    assert sorted(name for row in found for name in row) == ["HTTPBearer", "OpenIdConnect"]


def test_a_legacy_entry_before_it_hides_no_document() -> None:
    legacy: IssuerOptions = {
        "mode": "legacy-hs256",
        "secret": b"0" * 32,
        "issuer": None,
        "audience": None,
    }
    both = Verifier(issuers=[legacy, {"issuer": ISSUER, "audience": AUDIENCE}])
    assert list(schemes(make_app(both))) == ["HTTPBearer", "OpenIdConnect"]
    assert list(schemes(make_app(Verifier(issuers=[legacy])))) == ["HTTPBearer"]


def test_the_document_s_url_may_be_given(verifier: Any) -> None:
    app = make_app(verifier, openid_connect_url="https://id.example/doc")
    assert schemes(app)["OpenIdConnect"]["openIdConnectUrl"] == "https://id.example/doc"
