import pytest

from fuzefront_authn import EngineError, Verifier, _engine
from fuzefront_authn._engine import Broken, InvalidCall, Module

from .conftest import ISSUER
from .fakes import BUFFER, fake_module
from .issuer import KEYS
from .minting import AUDIENCE, NOW, claims, key_set, signing_key


def verifier_on(monkeypatch, wasm):
    module = Module(wasm)
    monkeypatch.setattr(_engine, "shared_module", lambda: module)
    return Verifier(issuer=ISSUER, audience=AUDIENCE, clock=lambda: NOW)


def test_the_module_is_compiled_once_per_process():
    assert _engine.shared_module() is _engine.shared_module()


def test_another_interface_major_is_refused_before_first_use():
    with pytest.raises(EngineError, match=r"speaks interface 2\.7, this host needs 1\.x"):
        Module(fake_module(abi=2 << 16 | 7)).instance()


def test_a_later_minor_is_taken():
    assert Module(fake_module(abi=1 << 16 | 9)).instance().buffer_size == 4096


@pytest.mark.parametrize("export", ["authn_abi_version", *_engine._EXPORTS])
def test_a_module_that_is_not_ours_is_refused(export):
    with pytest.raises(EngineError, match=export):
        Module(fake_module(leave_out=export)).instance()


def test_a_module_without_memory_is_refused():
    with pytest.raises(EngineError, match="memory"):
        Module(fake_module(memory=False)).instance()


def test_bytes_that_are_no_module_are_refused():
    with pytest.raises(EngineError, match="not a WebAssembly module"):
        Module(b"not wasm")


def test_a_missing_module_is_an_engine_error(monkeypatch, tmp_path):
    monkeypatch.setattr(_engine.importlib.resources, "files", lambda package: tmp_path)
    monkeypatch.setattr(_engine, "__file__", str(tmp_path / "a" / "b" / "_engine.py"))
    with pytest.raises(EngineError, match="not in the package"):
        _engine._read_wasm()


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
    verifier = verifier_on(monkeypatch, fake_module(verify=body))
    for _ in range(2):  # the next caller meets a new instance, and the same answer
        error = verifier.check("a.b.c").error
        assert (error.code, error.status, error.retry_after) == ("VERIFIER_UNAVAILABLE", 503, 1)
        assert error.details == {"reason": "trap"}
        assert isinstance(error.__cause__, Broken)


def test_messages_beyond_the_buffer_do_not_reach_it():
    instance = Module(fake_module()).instance()
    with pytest.raises(InvalidCall):
        instance.ask("authn_open", data=b"x" * 4097)


def test_a_wrong_call_is_no_verdict():
    instance = _engine.shared_module().instance()
    with pytest.raises(InvalidCall):
        instance.ask("authn_verify", 99, 0, float(NOW), data=b"a.b.c")
    with pytest.raises(InvalidCall):
        instance.ask("authn_status", 99, float("nan"))


def test_close_tells_whether_it_was_open():
    instance = _engine.shared_module().instance()
    policy = b'{"issuers":[{"issuer":"https://id.example/","audience":"a"}]}'
    handle = instance.ask("authn_open", data=policy)["verifier"]
    assert instance.close(handle) is True
    assert instance.close(handle) is False


# After a trap


def test_after_a_trap_a_new_instance_knows_the_policy(trapping, static, token):
    verifier = static()
    made = trapping.made
    trapping.trap = lambda export, data: b"poison" in data
    error = verifier.check("poison").error
    assert (error.code, error.details) == ("VERIFIER_UNAVAILABLE", {"reason": "trap"})
    assert trapping.made == made + 1
    assert verifier.check(token).ok
    assert trapping.made == made + 1


def test_after_a_trap_a_new_instance_knows_the_keys(trapping, issuer, key):
    issuer.publish(key_set(key))
    verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: NOW)
    good = key.sign(claims(issuer.url))
    assert verifier.check(good).ok
    hits = dict(issuer.hits)
    trapping.trap = lambda export, data: b"poison" in data
    assert verifier.check("poison").error.code == "VERIFIER_UNAVAILABLE"
    result = verifier.check(good)
    assert result.ok
    assert result.keys.state == "fresh"
    assert issuer.hits == hits


def test_a_key_set_that_traps_is_a_failed_fetch_and_the_old_keys_stay(trapping, issuer, key):
    now = [NOW]
    issuer.publish(key_set(key))
    verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: now[0])
    good = key.sign(claims(issuer.url))
    assert verifier.check(good).ok
    issuer.publish({"keys": [], "poison": True})
    trapping.trap = lambda export, data: b"poison" in data
    now[0] += 1300  # past the hard age: one fetch comes before the verdict
    result = verifier.check(good)
    assert issuer.hits[KEYS] == 2
    row = verifier.status()[0]
    assert (row.keys, row.failures) == (1, 1)
    assert result.ok
    assert result.keys.state == "stale"


def test_after_a_trap_generations_go_on_from_where_they_were(trapping, issuer, key):
    now, other = [NOW], signing_key("k2")
    verifier = Verifier(issuer=issuer.url, audience=AUDIENCE, clock=lambda: now[0])
    seen = []
    for keys in ([key], [other], [key, other]):
        issuer.publish(key_set(*keys))
        now[0] += 500
        token = keys[-1].sign(claims(issuer.url, exp=NOW + 9999))
        trapping.trap = lambda export, data: export == "authn_verify"
        assert verifier.check(token).error.details == {"reason": "trap"}
        trapping.trap = lambda export, data: False
        seen += [verifier.check(token).keys.generation, verifier.status()[0].generation]
    assert seen == [1, 1, 2, 2, 3, 3]


def test_a_trap_at_a_fetch_of_the_parent_poisons_the_instance_too(trapping, static, token):
    verifier = static()
    verifier._core._orphaned.add(0)
    trapping.trap = lambda export, data: export == "authn_fetch_abandoned"
    assert verifier.check(token).error.details == {"reason": "trap"}
    made = trapping.made
    assert verifier.check(token).ok
    assert trapping.made == made


def test_a_trap_while_opening_is_no_policy_error(trapping):
    trapping.trap = lambda export, data: export == "authn_open"
    with pytest.raises(EngineError, match="traps"):
        Verifier(issuer=ISSUER, audience=AUDIENCE)


def test_when_no_new_instance_opens_every_call_is_an_outage_until_one_does(trapping, static, token):
    verifier = static()
    trapping.trap = lambda export, data: True
    for _ in range(3):
        assert verifier.check(token).error.details == {"reason": "trap"}
    trapping.trap = lambda export, data: False
    assert verifier.check(token).ok
