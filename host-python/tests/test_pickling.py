"""What the package gives its callers can be sent to another process, and copied."""

import copy
import pickle
from dataclasses import is_dataclass

import pytest

import fuzefront_authn
from fuzefront_authn import (
    AuthError,
    AuthnError,
    ContractError,
    EngineError,
    MissingExtraError,
    PolicyError,
)

from .test_forking import run

WAYS = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "pickle, protocol 0": lambda value: pickle.loads(pickle.dumps(value, 0)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}

ERRORS = [
    AuthError("the token has expired", code="EXPIRED", status=401, details={"reason": "exp"}),
    AuthError("no keys", code="JWKS_UNAVAILABLE", status=503, retry_after=4),
    AuthnError("something"),
    ContractError("is unknown", path="/app"),
    EngineError("`authn.wasm` is not in the package"),
    MissingExtraError("fetching keys needs httpx"),
    PolicyError("is missing", path="/issuer"),
]


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_an_error_survives(error, way):
    again = way(error)
    assert type(again) is type(error)
    assert (again.args, again.__dict__, str(again)) == (error.args, error.__dict__, str(error))


def test_every_public_error_is_among_those():
    public = [getattr(fuzefront_authn, name) for name in fuzefront_authn.__all__]
    errors = {one for one in public if isinstance(one, type) and issubclass(one, Exception)}
    assert errors == {type(error) for error in ERRORS}


def test_an_error_of_a_subclass_with_other_arguments_survives(way):
    again = way(Own("a", "b"))
    assert (type(again), again.code, again.more) == (Own, "UNKNOWN", "b")


class Own(AuthError):
    def __init__(self, message, more):
        super().__init__(message, code="UNKNOWN", status=401)
        self.more = more


def test_answers_survive(static, token, way):
    verifier = static()
    accepted, rejected = verifier.check(token), verifier.check("opaque")
    values = [accepted, verifier.explain(token), verifier.status(), verifier.health()]
    values += [fuzefront_authn.inspect(token), verifier.snapshot()]
    for value in values:
        assert way(value) == value
    again = way(rejected)
    assert (again.ok, again.error.code) == (False, "MALFORMED")


def test_events_survive(static, token, way):
    seen = []
    static(on_event=seen.append).check(token)
    assert seen
    assert all(is_dataclass(event) and way(event) == event for event in seen)


def test_a_pool_of_processes_gets_the_error_of_a_bad_token(tmp_path):
    # multiprocessing imports the script anew in its processes, so it is a file.
    script = tmp_path / "pool.py"
    script.write_text(POOL)
    assert run(str(script)) == "MALFORMED MALFORMED\n"


POOL = """
import concurrent.futures, multiprocessing
from fuzefront_authn import AuthError, Verifier

KEYS = {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k",
                  "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}

def work(token):
    return Verifier(issuer="https://id.example/", audience="a", keys=KEYS).verify(token).user_id

def code(future):
    try:
        return future.result()
    except AuthError as error:
        return error.code

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        print(code(pool.submit(work, "bad")), code(pool.submit(work, "worse")))
"""
