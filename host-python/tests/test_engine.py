"""The module from outside: what is refused as another one, and what a trap costs."""

import pytest

from fuzefront_authn import EngineError, Verifier, _abi, _engine
from fuzefront_authn._engine import Broken, InvalidCall, Module

from .conftest import ISSUER
from .fakes import BUFFER, SIZE, fake_module
from .issuer import KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key

POLICY = b'{"issuers":[{"issuer":"https://id.example/","audience":"a"}]}'


def test_the_module_is_compiled_once_per_process():
    assert _engine.shared_module() is _engine.shared_module()


@pytest.mark.parametrize("abi", ["1.1", "2.1", "3.0"])
def test_another_interface_is_refused_before_first_use(abi):
    with pytest.raises(EngineError, match=rf"speaks interface {abi}, this host needs 2\.0"):
        Module(fake_module(abi=abi)).instance().refuse_other_abi()


@pytest.mark.parametrize("export", ["authn_buffer", "authn_buffer_size", "authn_call"])
def test_a_module_that_is_not_ours_is_refused(export):
    with pytest.raises(EngineError, match=export):
        Module(fake_module(leave_out=export)).instance()


def test_a_module_without_memory_is_refused():
    with pytest.raises(EngineError, match="memory"):
        Module(fake_module(memory=False)).instance()


def test_bytes_that_are_not_a_module_are_refused():
    with pytest.raises(EngineError, match="not a WebAssembly module"):
        Module(b"not wasm")


def test_a_missing_file_is_an_engine_error(monkeypatch, tmp_path):
    monkeypatch.setattr(_engine.importlib.resources, "files", lambda package: tmp_path)
    monkeypatch.setattr(_engine, "__file__", str(tmp_path / "a" / "b" / "_engine.py"))
    with pytest.raises(EngineError, match=r"`authn\.wasm` is not in the package"):
        _engine.packaged("authn.wasm", "pkg")


@pytest.mark.parametrize(
    "body",
    [
        "unreachable",
        "(i32.const 0)",
        "(i32.const 5000)",
        "(i32.const -1)",
        f"(i32.store8 (i32.const {BUFFER}) (i32.const 65)) (i32.const 1)",
        f"(i32.store8 (i32.const {BUFFER}) (i32.const 49)) (i32.const 1)",
        "(i32.load (i32.const -4))",
        "(i32.div_u (i32.const 1) (i32.const 0))",
    ],
)
def test_a_trap_or_a_senseless_answer_is_an_outage(monkeypatch, body):
    module = Module(fake_module(verify=body))
    monkeypatch.setattr(_engine, "shared_module", lambda: module)
    verifier = Verifier(issuer=ISSUER, audience=AUDIENCE, clock=lambda: NOW)
    for _ in range(2):  # the next caller meets a new instance, and the same answer
        error = verifier.check("a.b.c").error
        assert (error.code, error.status, error.retry_after) == ("VERIFIER_UNAVAILABLE", 503, 1)
        assert error.details == {"reason": "trap"}
        assert isinstance(error.__cause__, Broken)


def test_messages_beyond_the_buffer_do_not_reach_it():
    instance = Module(fake_module()).instance()
    with pytest.raises(InvalidCall):
        instance.ask(_abi.OPEN, b"x" * (SIZE - 39))
    assert instance.ask(_abi.OPEN, b"x" * (SIZE - 40))["verifier"] == 1


def test_a_wrong_call_is_not_a_verdict():
    instance = _engine.shared_module().instance()
    for operation, members in ((_abi.VERIFY, {"verifier": 99, "now": NOW}), (999, {})):
        with pytest.raises(InvalidCall):
            instance.ask(operation, b"a.b.c", **members)


def test_a_handle_is_good_until_it_is_closed():
    instance = _engine.shared_module().instance()
    handle = instance.ask(_abi.OPEN, POLICY)["verifier"]
    assert instance.ask(_abi.STATUS, verifier=handle, now=NOW)["health"] == "not_ready"


# After a trap


def poison(operation, payload):
    return b"poison" in payload


def test_after_a_trap_a_new_instance_knows_the_policy(trapping, static, token):
    verifier = static()
    made = trapping.made
    trapping.trap = poison
    error = verifier.check("poison").error
    assert (error.code, error.details) == ("VERIFIER_UNAVAILABLE", {"reason": "trap"})
    assert trapping.made == made + 1
    assert verifier.check(token).ok
    assert trapping.made == made + 1


def test_after_a_trap_a_new_instance_knows_the_keys(trapping, issuer, key, token):
    issuer.publish(key_set(key))
    verifier = Verifier(**issuer.options)
    before = verifier.check(token)
    hits = dict(issuer.hits)
    trapping.trap = poison
    assert verifier.check("poison").error.code == "VERIFIER_UNAVAILABLE"
    # The generation too: equal keys, equal word.
    assert verifier.check(token) == before
    assert before.ok
    assert issuer.hits == hits


def test_a_set_that_traps_is_a_failed_fetch_and_the_old_keys_stay(make, trapping, issuer, token):
    now = [NOW]
    host = make(clock=lambda: now[0])
    assert host.check(token).ok
    issuer.publish({"keys": [], "poison": True})
    trapping.trap = poison
    now[0] += 1300  # past the hard age: one fetch comes before the verdict
    result = host.check(token)
    assert issuer.hits[KEYS] == 2
    host.settle()
    row = host.verifier.status()[0]
    assert (row.keys, row.failures) == (1, 1)
    assert result.ok
    assert result.keys.state == "stale"


def test_a_trap_while_keys_are_fetched_begins_their_fetch_anew(make, trapping, issuer, token):
    host = make()
    issuer.gate.clear()
    host.verifier._keys.bring(0)
    assert issuer.arrived.wait(20)
    trapping.trap = poison
    assert host.check("poison").error.details == {"reason": "trap"}
    issuer.gate.set()
    assert host.check(token).ok


def test_a_trap_in_what_a_forked_child_begins_with_poisons_the_instance_too(
    trapping, static, token
):
    verifier = static()
    verifier._session._orphaned.add(0)
    trapping.trap = lambda operation, payload: operation == _abi.ABANDON
    assert verifier.check(token).error.details == {"reason": "trap"}
    made = trapping.made
    assert verifier.check(token).ok
    assert trapping.made == made


def test_a_trap_while_opening_is_not_a_policy_error(trapping):
    trapping.trap = lambda operation, payload: operation == _abi.OPEN
    with pytest.raises(EngineError, match="traps"):
        Verifier(issuer=ISSUER, audience=AUDIENCE)


def test_when_no_new_instance_opens_every_call_is_an_outage_until_one_does(trapping, static, token):
    verifier = static()
    trapping.trap = lambda operation, payload: True
    for _ in range(3):
        assert verifier.check(token).error.details == {"reason": "trap"}
    trapping.trap = lambda operation, payload: False
    assert verifier.check(token).ok


def test_generations_are_equal_for_equal_keys_and_differ_for_others(make, issuer, key):
    now, other = [NOW], signing_key("k2")
    host = make(clock=lambda: now[0])
    seen = []
    for keys in ([key], [other], [key, other], [key]):
        issuer.publish(key_set(*keys))
        now[0] += 500
        token = keys[-1].sign(claims(issuer.url, exp=NOW + 9999))
        seen += [host.check(token).keys.generation, host.verifier.status()[0].generation]
    assert seen[0::2] == seen[1::2]
    assert seen[0] == seen[6]
    assert len({*seen}) == 3
