import pytest

import fuzefront_authn
from fuzefront_authn import (
    AuthError,
    AuthnError,
    ContractError,
    EngineError,
    MissingExtraError,
    PolicyError,
    _abi,
    _engine,
    _errors,
)
from fuzefront_authn._errors import coded

FROZEN = {
    "EXPIRED",
    "INVALID_AUDIENCE",
    "INVALID_ISSUER",
    "INVALID_SIGNATURE",
    "JWKS_UNAVAILABLE",
    "MALFORMED",
    "MISSING_CLAIM",
    "NOT_ACTIVE",
    "NO_TOKEN",
    "UNKNOWN",
    "VERIFIER_UNAVAILABLE",
}


def catalogue():
    return _engine.ask_once(_abi.ABOUT, b"")["codes"]


def test_the_tree_in_the_docstring_is_the_tree_of_classes():
    drawn = {line.split()[1] for line in _errors.__doc__.splitlines() if "──" in line}
    direct = AuthnError.__subclasses__()
    real = {cls.__name__ for base in direct for cls in (base, *base.__subclasses__())}
    real -= {"Own"}  # of another test
    assert drawn == real
    assert issubclass(ContractError, PolicyError)
    assert issubclass(PolicyError, ValueError)
    assert issubclass(MissingExtraError, ImportError)
    assert issubclass(EngineError, AuthnError)


@pytest.mark.parametrize("row", catalogue(), ids=lambda row: row["code"])
def test_every_code_of_the_module_makes_an_error_with_its_words(row):
    error = coded(row["code"])
    assert (error.code, error.status, error.message) == (row["code"], row["status"], row["message"])
    assert error.challenge == row.get("challenge")
    assert error.public_body() == {"error": row["message"], "code": row["code"]}
    assert ("Retry-After" in error.headers()) == (row["status"] == 503)
    assert ("WWW-Authenticate" in error.headers()) == ("challenge" in row)


def test_the_family_s_frozen_codes_are_in_the_catalogue():
    assert {row["code"] for row in catalogue()} >= FROZEN


def test_the_codes_named_by_the_type_are_those_of_the_module():
    from typing import get_args

    assert sorted(get_args(fuzefront_authn.AuthErrorCode)) == [row["code"] for row in catalogue()]


def test_an_error_that_nobody_catches_shows_its_code_and_reason(static):
    refused, outage = static().check("opaque").error, coded("JWKS_UNAVAILABLE")
    assert str(refused) == f"MALFORMED: {refused.message} (opaque_token)"
    assert str(outage) == f"JWKS_UNAVAILABLE: {outage.message}"
    assert refused.public_body()["error"] == refused.message


def test_an_error_shows_no_token_contents(static):
    result = static().check("ff_live_secret")
    assert not result.ok
    assert "secret" not in repr(result) + str(result.error) + repr(result.error)
    assert isinstance(result.error, AuthError)
