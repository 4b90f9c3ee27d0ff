"""Verifiers made from a contract."""

import json
import logging
from pathlib import Path

import pytest

from fuzefront_authn import (
    AsyncVerifier,
    ContractError,
    ContractWarningEvent,
    PolicyError,
    Verifier,
    family_contract,
)

from .minting import NOW, claims, key_set

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ROOT / "docs" / "contract" / "fuzefront.v1.json"
GRAFANA = "https://app.fuzefront.com/application/o/grafana/"


@pytest.fixture
def grafana(key):
    """Makes the verifier of one app of the family, with fixed keys and a fixed clock."""

    def make(**options):
        usual = {"app": "grafana", "environment": "production", "keys": key_set(key)}
        return Verifier.from_contract(family_contract(), clock=lambda: NOW, **{**usual, **options})

    return make


def token_of(key, **changes):
    return key.sign(claims(GRAFANA, **{"aud": "grafana", "azp": "grafana", **changes}))


def test_the_family_contract_is_the_one_among_the_documents():
    assert family_contract() == json.loads(WRITTEN.read_text("utf-8"))
    family_contract()["name"] = "mine"
    assert family_contract()["name"] == "fuzefront"


def test_a_verifier_keeps_what_the_contract_says(grafana, key):
    verifier = grafana()
    assert verifier.verify(token_of(key)).issuer == GRAFANA
    assert verifier.check(token_of(key, aud="fuzekeys")).error.code == "INVALID_AUDIENCE"
    assert verifier.check(token_of(key, azp="fuzekeys")).error.code == "INVALID_CLAIM"
    assert verifier.check(token_of(key, iss=GRAFANA[:-1])).error.code == "INVALID_ISSUER"


def test_a_verifier_tells_which_contract_it_keeps(grafana, static):
    facts = grafana().contract
    assert (facts.name, facts.version) == ("fuzefront", family_contract()["version"])
    assert (facts.app, facts.environment) == ("grafana", "production")
    assert static().contract is None


def test_what_the_contract_warns_of_is_kept_told_once_and_logged(grafana, caplog):
    heard = []
    assert grafana(on_event=heard.append).contract.warning is None
    assert (heard, caplog.records) == ([], [])
    verifier = grafana(app="fuzekeys", on_event=heard.append)
    verifier.check("a.b.c")
    message = "the client of `fuzekeys` is only planned in `production`: no token of it exists yet"
    assert verifier.contract.warning == message
    assert [event for event in heard if event.type == "contract.warning"] == [
        ContractWarningEvent("fuzekeys", "production", message)
    ]
    assert caplog.record_tuples == [("fuzefront_authn", logging.WARNING, message)]


def test_the_same_contract_gives_the_same_policy_from_a_file(tmp_path, grafana):
    copy = tmp_path / "contract.json"
    copy.write_bytes(WRITTEN.read_bytes())
    fingerprint = Verifier.from_contract(WRITTEN, app="grafana", environment="local").fingerprint
    for contract in (str(copy), family_contract()):
        made = Verifier.from_contract(contract, app="grafana", environment="local")
        assert made.fingerprint == fingerprint
    assert grafana().fingerprint != fingerprint


def test_options_are_added_to_the_contract(grafana, key):
    late = token_of(key, exp=NOW - 50)
    assert grafana().check(late).ok
    assert grafana(leeway=10).check(late).error.code == "EXPIRED"
    assert grafana(required_claims={"sid"}).check(token_of(key)).error.code == "MISSING_CLAIM"
    assert grafana(is_revoked=lambda *_: True).check(token_of(key)).error.code == "REVOKED"


def test_insecure_hosts_stand_beside_those_of_the_contract(grafana):
    url = "http://keys.internal/jwks/"
    with pytest.raises(PolicyError):
        grafana(keys=None, jwks_uri=url)
    assert grafana(keys=None, jwks_uri=url, insecure_hosts={"keys.internal"}).status()
    with pytest.raises(ContractError, match="/insecure_hosts"):
        grafana(insecure_hosts="keys.internal")


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"app": "nobody"}, "/app"),
        ({"environment": None}, "/environment"),
        ({"environment": "mars"}, "/environment"),
        ({"audience": "mine"}, "/options/audience"),
        ({"issuer": "mine"}, "/options/issuer"),
        ({"algorithms": ["HS256"]}, "/options/algorithms"),
        ({"secret": "0" * 40}, "/options/secret"),
        ({"leeway": 301}, "/options/leeway"),
        ({"leewey": 3}, "/options/leewey"),
        ({"leeway": object()}, "/options/leeway"),
        ({"app": "a2a", "environment": "local"}, "/apps/a2a/issuers"),
    ],
)
def test_what_is_refused_is_named(grafana, options, path):
    with pytest.raises(ContractError) as caught:
        grafana(**options)
    assert caught.value.path == path
    assert caught.value.code == "INVALID_CONTRACT"
    assert isinstance(caught.value, (PolicyError, ValueError))


def test_a_faulty_contract_is_refused_by_its_path():
    contract = family_contract()
    contract["apps"]["grafana"]["audience"] = 5
    with pytest.raises(ContractError) as caught:
        Verifier.from_contract(contract, app="grafana", environment="local")
    assert caught.value.path == "/apps/grafana/audience"
    contract["version"] = "2.0.0"
    with pytest.raises(ContractError, match="/version"):
        Verifier.from_contract(contract, app="grafana", environment="local")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"a":1,"a":2}', b"NaN", b"{},{}"])
def test_a_file_that_holds_no_contract_is_refused(tmp_path, content):
    path = tmp_path / "contract.json"
    path.write_bytes(content)
    with pytest.raises(ContractError):
        Verifier.from_contract(path, app="grafana")


def test_a_file_that_is_not_there_is_an_error_of_the_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        Verifier.from_contract(tmp_path / "none.json", app="grafana")


def test_what_has_no_json_form_or_is_too_large_is_refused():
    with pytest.raises(ContractError, match="/apps"):
        Verifier.from_contract({"apps": object()}, app="grafana")
    with pytest.raises(ContractError, match="too large"):
        Verifier.from_contract({"name": "x" * 600_000}, app="grafana")


def test_an_asynchronous_verifier_is_made_the_same_way(grafana, key):
    verifier = AsyncVerifier.from_contract(
        family_contract(),
        app="grafana",
        environment="production",
        keys=key_set(key),
        clock=lambda: NOW,
    )
    assert isinstance(verifier, AsyncVerifier)
    assert verifier.fingerprint == grafana().fingerprint
    assert verifier.check_sync(token_of(key)).ok


def test_a_subclass_stays_one(key):
    class Mine(Verifier):
        pass

    made = Mine.from_contract(WRITTEN, app="grafana", environment="local", keys=key_set(key))
    assert isinstance(made, Mine)
