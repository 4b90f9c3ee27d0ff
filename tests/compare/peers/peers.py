"""PyJWT and python-jose, configured as their documentation shows, asked about cases.

Reads a JSON list of cases; writes the versions and a list of answers, one by library. Neither
library takes the time as an argument, so the name `datetime` in their modules is replaced.
"""

import base64
import datetime
import importlib.metadata
import json
import sys
import warnings
from typing import Any, Callable

import jose.exceptions
import jose.jwt
import jwt
import jwt.api_jwt

Case = dict[str, Any]
MODULES_WITH_A_CLOCK = (jwt.api_jwt, jose.jwt)
# The claims that python-jose has a `require_…` option for.
REQUIRABLE = {"aud", "iat", "exp", "nbf", "iss", "sub", "jti", "at_hash"}


class KeySetClient(jwt.PyJWKClient):
    """The documented client of PyJWT, with the fetch replaced."""

    def __init__(self, key_set: Any) -> None:
        super().__init__("https://id.example/jwks/")
        self._key_set = key_set

    def fetch_data(self) -> Any:
        return self._key_set


def ask_pyjwt(case: Case) -> str:
    options = case["options"]
    if options.get("maxAge") is not None:
        return "not asked"

    def verify() -> None:
        key: Any = secret_of(options)
        if key is None:
            key = KeySetClient(options["jwks"]).get_signing_key_from_jwt(case["token"])
        jwt.decode(
            case["token"],
            key,
            algorithms=options["algorithms"],
            audience=options["audience"],
            issuer=options["issuer"],
            leeway=options["leeway"],
            options={"require": options.get("requiredClaims") or []},
        )

    return answer(verify, jwt.PyJWTError)


def ask_python_jose(case: Case) -> str:
    options = case["options"]
    audience = options["audience"]
    if isinstance(audience, list) and len(audience) == 1:
        (audience,) = audience
    required = set(options.get("requiredClaims") or [])
    # `audience` is one string there, and only the registered claims can be required.
    if (
        options.get("maxAge") is not None
        or isinstance(audience, list)
        or not required <= REQUIRABLE
    ):
        return "not asked"

    required_options = {f"require_{claim}": True for claim in required}

    def verify() -> None:
        jose.jwt.decode(
            case["token"],
            secret_of(options) or options["jwks"],
            algorithms=options["algorithms"],
            audience=audience,
            issuer=options["issuer"],
            options={"leeway": options["leeway"], **required_options},
        )

    return answer(verify, jose.exceptions.JOSEError)


def secret_of(options: Case) -> "bytes | None":
    secret = options.get("secret")
    return base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4)) if secret else None


def answer(verify: Callable[[], None], refusal: type[Exception]) -> str:
    """`broke`: an error outside of the library's documented family; apps answer it with a 500."""
    try:
        verify()
    except refusal:
        return "refused"
    except Exception:
        return "broke"
    return "accepted"


def set_clock(seconds: float) -> None:
    class Stopped(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.datetime.fromtimestamp(seconds, tz)

    for module in MODULES_WITH_A_CLOCK:
        module.datetime = Stopped  # type: ignore[attr-defined]


def ask(case: Case) -> "dict[str, str]":
    set_clock(case["now"])
    return {"PyJWT": ask_pyjwt(case), "python-jose": ask_python_jose(case)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answers = [ask(case) for case in json.load(sys.stdin)]
    versions = {name: importlib.metadata.version(name) for name in [*answers[0], "cryptography"]}
    versions["python"] = "{}.{}".format(*sys.version_info)
    json.dump({"answers": answers, "versions": versions}, sys.stdout)
