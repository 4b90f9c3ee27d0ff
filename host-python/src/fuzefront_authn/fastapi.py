"""FastAPI: who calls, as a dependency. The only file that touches FastAPI.

    auth = RequireAuth(verifier)

    @app.get("/me")
    def me(identity: Annotated[Identity, Depends(auth)]) -> str: ...

A refusal is answered with the family's body `{"error": message, "code": code}` and its headers,
without any set-up: the first request adds the handler. An application with its own handler for
`HTTPException` keeps it, and gets the body as `detail`; `install` asks for the family's body even
there.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable
from typing import Any, Callable, Literal, Optional, Union, cast

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer, OpenIdConnect, SecurityScopes
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.exceptions import ExceptionMiddleware

from ._errors import AuthError, coded
from ._generated import AuthErrorCode
from ._identity import Accepted, CheckResult, Identity
from ._verifier import AsyncVerifier, Verifier

__all__ = ["AuthHTTPError", "RequireAuth", "install"]

Guard = Callable[..., Awaitable[Identity]]

_SCOPE = re.compile(r"[!#-\[\]-~]+")
"""What a scope may be (RFC 6749 section 3.3), and what may stand in a quoted header parameter."""


class AuthHTTPError(HTTPException):
    """A refused request; `error` is the AuthError behind it."""

    def __init__(self, error: AuthError) -> None:
        super().__init__(error.status, detail=error.public_body(), headers=error.headers())
        self.error = error


class RequireAuth:
    """A dependency that gives the Identity of the caller, or refuses the request.

    Takes a `Verifier` (asked in the thread pool) or an `AsyncVerifier`. In the OpenAPI page it is a
    bearer scheme, and an OpenID Connect scheme too when the issuer's discovery document is known;
    `openid_connect_url` names it for a verifier that was given `jwks_uri` or `keys`. `accepted` is
    a dependency too: it gives what `check` gives, with the token facts.
    """

    __signature__: inspect.Signature

    def __init__(
        self,
        verifier: Union[Verifier, AsyncVerifier],
        *,
        openid_connect_url: Optional[str] = None,
    ) -> None:
        self._verifier = verifier
        url = openid_connect_url or verifier._discovery_url
        # The schemes stand in the OpenAPI page; what they read of the request is not used.
        schemes: dict[str, Any] = {"bearer": HTTPBearer(bearerFormat="JWT", auto_error=False)}
        if url is not None:
            schemes["openid"] = OpenIdConnect(openIdConnectUrl=url, auto_error=False)
        self.accepted: Callable[..., Awaitable[Accepted]] = _dependency(
            self._check, request=Request, **{name: Depends(of) for name, of in schemes.items()}
        )
        _sign(self, accepted=Depends(self.accepted), security_scopes=SecurityScopes)

    async def __call__(self, accepted: Accepted, security_scopes: SecurityScopes) -> Identity:
        """The caller. Scopes asked for with `Security(auth, scopes=[…])` are required."""
        self._require_scopes(accepted, tuple(security_scopes.scopes))
        return accepted.identity

    def roles(self, *names: str, match: Literal["all", "any"] = "all") -> Guard:
        """A dependency: the caller has all (or any) of these roles, else 403 `FORBIDDEN`."""
        if not names or match not in ("all", "any"):
            raise ValueError("name at least one role, and `all` or `any` of them")
        enough = all if match == "all" else any

        async def with_roles(_: Request, identity: Identity) -> Identity:
            held = identity.roles
            if not enough(name in held for name in names):
                details = {"reason": "role", "expected": list(names), "actual": list(held)}
                raise self._refusal("FORBIDDEN", details)
            return identity

        return self._guard(with_roles, identity=Depends(self))

    def scopes(self, *names: str) -> Guard:
        """A dependency: the token has all of these scopes, else 403 `INSUFFICIENT_SCOPE`."""
        if not names or not all(_SCOPE.fullmatch(name) for name in names):
            raise ValueError("name at least one scope, each by itself (RFC 6749 section 3.3)")

        async def with_scopes(_: Request, accepted: Accepted) -> Identity:
            self._require_scopes(accepted, names)
            return accepted.identity

        return self._guard(with_scopes, accepted=Depends(self.accepted))

    def tenant(self, tenant: Union[str, Callable[[Request], Optional[str]], None] = None) -> Guard:
        """A dependency: the caller's tenant is known, and the one asked for, else 403 `FORBIDDEN`.

        The tenant may be read from the request; a function that finds none there refuses it.
        """

        async def within_tenant(request: Request, identity: Identity) -> Identity:
            expected = tenant(request) if callable(tenant) else tenant
            actual = identity.tenant_id
            if actual is None or (tenant is not None and actual != expected):
                details = {"reason": "tenant", "expected": expected, "actual": actual}
                raise self._refusal("FORBIDDEN", details)
            return identity

        return self._guard(within_tenant, identity=Depends(self))

    def _guard(self, decide: Guard, **parameters: Any) -> Guard:
        async def guard(request: Request, **arguments: Any) -> Identity:
            _use_family_body(request)
            return await decide(request, **arguments)

        return cast(Guard, _dependency(guard, request=Request, **parameters))

    async def _check(self, request: Request, **_: object) -> Accepted:
        _use_family_body(request)
        result = await self._ask(request.headers.getlist("authorization"))
        if not result.ok:
            raise AuthHTTPError(result.error)
        return result

    async def _ask(self, values: list[str]) -> CheckResult:
        if isinstance(self._verifier, AsyncVerifier):
            return await self._verifier.check_authorization(values)
        # It may have to wait for keys, or for a hook that asks a database.
        return await run_in_threadpool(self._verifier.check_authorization, values)

    def _require_scopes(self, accepted: Accepted, names: tuple[str, ...]) -> None:
        held = accepted.token.scopes
        if not all(name in held for name in names):
            details = {"claim": "scope", "expected": list(names), "actual": list(held)}
            named = " ".join(name for name in names if _SCOPE.fullmatch(name))
            raise self._refusal("INSUFFICIENT_SCOPE", details, f', scope="{named}"')

    def _refusal(
        self, code: AuthErrorCode, details: dict[str, Any], parameters: str = ""
    ) -> AuthHTTPError:
        return AuthHTTPError(coded(code, details=details, parameters=parameters))


def install(app: FastAPI) -> None:
    """Answers every `AuthHTTPError` of `app` with the family's body and headers."""
    app.add_exception_handler(AuthHTTPError, _answer)


async def _answer(request: Request, error: Exception) -> JSONResponse:
    refused = cast(AuthHTTPError, error)
    return JSONResponse(
        refused.error.public_body(), status_code=refused.status_code, headers=refused.headers
    )


def _use_family_body(request: Request) -> None:
    """Adds `_answer` to the running application, unless it has its own way with HTTP errors."""
    app = request.scope.get("app")
    handlers = getattr(app, "exception_handlers", {})
    if AuthHTTPError in handlers or HTTPException in handlers:
        return
    if handlers.get(StarletteHTTPException) is not http_exception_handler:
        return
    layer = getattr(app, "middleware_stack", None)
    while layer is not None and not isinstance(layer, ExceptionMiddleware):
        layer = getattr(layer, "app", None)
    if layer is not None and isinstance(app, FastAPI):
        install(app)
        handler: Any = _answer  # older Starlette types allow no asynchronous one
        layer.add_exception_handler(AuthHTTPError, handler)


def _dependency(function: Callable[..., Awaitable[Any]], **parameters: Any) -> Any:
    """`function` as FastAPI is to see it: values of `parameters` are types, or `Depends`."""

    async def dependency(**arguments: Any) -> Any:
        return await function(**arguments)

    _sign(dependency, **parameters)
    return dependency


def _sign(target: Any, **parameters: Any) -> None:
    target.__signature__ = inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                **({"annotation": what} if isinstance(what, type) else {"default": what}),
            )
            for name, what in parameters.items()
        ]
    )
