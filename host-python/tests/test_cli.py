"""The command line as a process: a smoke list. What it prints is tested where it is made."""

import json
import os
import subprocess
import sys

import pytest

from fuzefront_authn import _engine, _tools, family_contract

from .conftest import ISSUER
from .minting import AUDIENCE, NOW, claims, key_set

SOURCES = os.path.dirname(os.path.dirname(_engine.__file__))
POLICY = ("--issuer", ISSUER, "--audience", AUDIENCE, "--now", str(NOW))


def authn(*arguments, stdin=b"", env=None, through=None):
    """Runs the command line as a process of its own; `through` may have it pass through a shell."""
    kept = {k: v for k, v in os.environ.items() if k not in ("AUTHN_TOKEN", "NO_COLOR")}
    command = [sys.executable, "-m", "fuzefront_authn", *arguments]
    if through is not None:
        command = ["/bin/sh", "-c", through.format(" ".join(command))]
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        check=False,
        env={**kept, "PYTHONPATH": SOURCES, **(env or {})},
        timeout=120,
    )


@pytest.fixture
def keys(tmp_path, key):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(key_set(key)))
    return str(path)


def test_a_good_token_is_accepted(keys, token):
    ran = authn("verify", token, *POLICY, "--keys", keys, "--json")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["identity"]["userId"] == "user-1"


def test_a_bad_token_and_a_mistake_have_exit_codes_of_their_own(keys, key):
    expired = key.sign(claims(ISSUER, exp=NOW - 600))
    ran = authn("verify", "-", *POLICY, "--keys", keys, stdin=expired.encode())
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert b"EXPIRED" in ran.stdout
    ran = authn("verify", "a.b.c", "--isuer", "x")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"`--isuer`" in ran.stderr
    assert b"`--issuer`" in ran.stderr


def test_the_token_may_come_from_the_environment(keys, token):
    ran = authn("verify", *POLICY, "--keys", keys, env={"AUTHN_TOKEN": token})
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_keys_that_cannot_be_had_are_no_verdict(served, key):
    token = key.sign(claims(served.url))
    policy = ("--issuer", served.url, "--audience", AUDIENCE, "--now", str(NOW))
    served.answer("/jwks/", status=500)
    ran = authn("verify", token, *policy)
    assert (ran.returncode, ran.stderr) == (3, b"")
    assert b"500" in ran.stdout
    served.publish(key_set(key))
    assert authn("verify", token, *policy).returncode == 0


def test_the_doctor_looks_at_the_issuer(served, key):
    served.publish(key_set(key))
    ran = authn("doctor", "--issuer", served.url, "--audience", AUDIENCE, "--json")
    assert ran.returncode in (0, 1)
    assert json.loads(ran.stdout)["findings"]
    assert sum(served.hits.values()) == 2


def test_digest_tells_module_and_contract():
    said = json.loads(authn("digest", "--json").stdout)
    assert said["module_sha256"] == _engine.shared_module().digest
    assert said["contract"]["version"] == family_contract()["version"]


def test_text_is_utf_8_whatever_the_locale_says():
    env = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
        "PYTHONCOERCECLOCALE": "0",
    }
    ran = authn("contract", "check", "/nowhere/\u00e4", env=env)
    said = ran.stderr.decode("utf-8")
    assert ran.returncode == 2
    assert "ENOENT" in said
    assert "/nowhere/" in said


@pytest.mark.skipif(os.name == "nt", reason="arguments are text there")
def test_an_argument_that_is_not_text_is_taken_all_the_same():
    ran = authn("inspect", b"\xff.b.c", "--json")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["bytes"] == len("\ufffd.b.c".encode())


@pytest.mark.skipif(os.name == "nt", reason="there is no shell to pipe with")
def test_the_reader_may_stop_early():
    assert authn("--help", through="({}; echo $? >&2) | true").stderr == b"0\n"


@pytest.mark.skipif(os.name == "nt", reason="there is no shell to close them with")
@pytest.mark.parametrize(
    ("arguments", "streams", "code"),
    [
        (["inspect"], "<&-", 2),
        (["inspect", "a.b.c"], ">&-", 1),
        (["inspect", "a.b.c"], ">&- 2>&- <&-", 1),
    ],
)
def test_streams_may_be_closed(arguments, streams, code):
    ran = authn(*arguments, through=f"{{}} {streams}")
    assert ran.returncode == code, ran.stderr
    assert b"Traceback" not in ran.stderr


def test_without_httpx_what_needs_no_network_works(tmp_path, keys, token):
    (tmp_path / "httpx.py").write_text("raise ImportError('blocked')")
    env = {"PYTHONPATH": os.pathsep.join([str(tmp_path), SOURCES])}
    ran = authn("verify", token, *POLICY, "--keys", keys, env=env)
    assert (ran.returncode, ran.stderr) == (0, b"")
    ran = authn("verify", token, *POLICY, "--jwks-uri", "https://id.example/jwks/", env=env)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.count(b"\n") == 1
    assert b"fuzefront-authn[fetch]" in ran.stderr


def test_a_module_that_asks_for_the_unknown_is_at_fault(monkeypatch):
    monkeypatch.setattr(_tools._Tools, "call", lambda self, message: {"needs": [{"do": "dance"}]})
    with pytest.raises(_engine.EngineError, match="`dance`"):
        _tools.run({})
    monkeypatch.setattr(_tools._Tools, "call", lambda self, message: {"error": "no message"})
    with pytest.raises(_engine.EngineError, match="no message"):
        _tools.run({})
