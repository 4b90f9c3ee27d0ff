"""Decoding without keys."""

import dataclasses

import pytest

from fuzefront_authn import EngineError, UnverifiedToken, _abi, inspect

from .conftest import ISSUER
from .minting import claims


def test_a_token_is_decoded_and_said_to_be_unverified(token, key):
    found = inspect(token)
    assert found.unverified is True
    assert (found.form, found.fault, found.signature_bytes) == ("jws", None, 256)
    assert found.header == {"alg": "RS256", "typ": "JWT", "kid": key.kid}
    assert found.claims == claims(ISSUER)
    assert found.bytes == len(token)


def test_anyone_s_token_is_decoded_too(token):
    head, _, _ = token.split(".")
    assert inspect(f"{head}.e30.AAAA").claims == {}


@pytest.mark.parametrize(
    ("token", "form"),
    [
        ("opaque", "opaque"),
        ("a.b", "malformed"),
        ("eyJhbGciOiJkaXIifQ.a.b.c.d", "jwe"),
        ("", "malformed"),
        ("x" * 600_000, "opaque"),
        ("\ud800.a.b", "jws"),
    ],
)
def test_what_is_no_signed_token_is_named(token, form):
    found = inspect(token)
    assert isinstance(found, UnverifiedToken)
    assert found.claims is None
    assert found.form == form


def test_what_could_not_be_decoded_says_why(token):
    head, _, signature = token.split(".")
    found = inspect(f"{head}.e.{signature}")
    assert found.header is not None
    assert found.claims is None
    assert found.fault["code"] == "MALFORMED"
    assert found.fault["part"] == "payload"


def test_the_value_is_frozen_and_shows_no_claims(token):
    found = inspect(token)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.unverified = False
    assert "user-1" not in repr(found)
    assert token.rsplit(".", 1)[1] not in repr(vars(found))


def test_a_trap_is_an_error_of_the_engine(trapping):
    trapping.trap = lambda operation, payload: operation == _abi.INSPECT
    with pytest.raises(EngineError, match="traps"):
        inspect("a.b.c")
