"""The command line as a process. That it prints what the other host prints: tests/cli_parity.py."""

import json
import os
import subprocess
import sys

import pytest

from fuzefront_authn import _engine, family_contract
from fuzefront_authn._cli._ecmascript import number_text, parse, stringify
from fuzefront_authn._cli._io import Io
from fuzefront_authn._cli._main import main

from .conftest import ISSUER
from .minting import AUDIENCE, NOW, claims, key_set

SOURCES = os.path.dirname(os.path.dirname(_engine.__file__))
POLICY = ("--issuer", ISSUER, "--audience", AUDIENCE, "--now", str(NOW))


def authn(*arguments, stdin=b"", env=None, options=()):
    """Runs the command line as a process of its own."""
    kept = {k: v for k, v in os.environ.items() if k not in ("AUTHN_TOKEN", "NO_COLOR")}
    return subprocess.run(
        [sys.executable, *options, "-m", "fuzefront_authn", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env={**kept, "PYTHONPATH": SOURCES, **(env or {})},
        timeout=60,
    )


@pytest.fixture
def keys(tmp_path, key):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(key_set(key)))
    return str(path)


def test_a_good_token_is_accepted_and_its_line_is_the_module_s(keys, token):
    ran = authn("verify", token, *POLICY, "--keys", keys, "--json")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["identity"]["userId"] == "user-1"
    assert ran.stdout.count(b"\n") == 1


def test_a_bad_token_and_a_mistake_have_exit_codes_of_their_own(keys, key):
    expired = key.sign(claims(ISSUER, exp=NOW - 600))
    ran = authn("verify", "-", *POLICY, "--keys", keys, stdin=expired.encode())
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert ran.stdout.startswith(b"REJECTED  EXPIRED\n")
    ran = authn("verify", "a.b.c", "--leeway", "x")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.startswith(b"authn: ")
    assert ran.stderr.count(b"\n") == 1


def test_keys_that_cannot_be_had_are_no_verdict(issuer, key):
    token = key.sign(claims(issuer.url))
    policy = ("--issuer", issuer.url, "--audience", AUDIENCE, "--now", str(NOW))
    issuer.answer("/jwks/", status=500)
    ran = authn("verify", token, *policy)
    assert (ran.returncode, ran.stderr) == (3, b"")
    assert b"HTTP status 500" in ran.stdout
    issuer.publish(key_set(key))
    assert authn("verify", token, *policy).returncode == 0


def test_text_is_utf_8_whatever_the_locale_says():
    env = {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
        "PYTHONCOERCECLOCALE": "0",
    }
    ran = authn("contract", "check", "/nowhere/\u00e4", env=env)
    assert "/nowhere/\u00e4`: ENOENT" in ran.stderr.decode("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="arguments are text there")
def test_an_argument_that_is_no_text_is_taken_all_the_same():
    ran = authn("inspect", b"\xff.b.c", "--json")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["bytes"] == len("\ufffd.b.c".encode())


@pytest.mark.skipif(os.name == "nt", reason="there is no shell to pipe with")
def test_whoever_reads_may_stop_early():
    program = f"{sys.executable} -m fuzefront_authn --help; echo $? >&2"
    ran = subprocess.run(
        ["/bin/sh", "-c", f"({program}) | true"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": SOURCES},
        timeout=60,
    )
    assert ran.stderr == b"0\n"


@pytest.mark.skipif(os.name == "nt", reason="there is no shell to close them with")
def test_streams_may_be_closed():
    program = f"{sys.executable} -m fuzefront_authn inspect"
    for streams, code in (("<&-", 2), ("a.b.c >&-", 1), ("a.b.c >&- 2>&- <&-", 1)):
        ran = subprocess.run(
            ["/bin/sh", "-c", f"{program} {streams}"],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": SOURCES},
            timeout=60,
        )
        assert ran.returncode == code, (streams, ran.stderr)
        assert b"Traceback" not in ran.stderr


def test_without_httpx_what_needs_no_network_works(tmp_path, keys, token):
    (tmp_path / "httpx.py").write_text("raise ImportError('blocked')")
    env = {"PYTHONPATH": os.pathsep.join([str(tmp_path), SOURCES])}
    for arguments in (
        ("verify", token, *POLICY, "--keys", keys),
        ("explain", token, *POLICY, "--keys", keys),
        ("inspect", token),
        ("contract", "check"),
        ("digest",),
    ):
        ran = authn(*arguments, env=env)
        assert (ran.returncode, ran.stderr) == (0, b""), arguments
    ran = authn("verify", token, *POLICY, "--jwks-uri", "https://id.example/jwks/", env=env)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.count(b"\n") == 1
    assert b"fuzefront-authn[fetch]" in ran.stderr


def test_only_what_a_command_needs_is_loaded():
    code = "import sys; sys.argv[1:] = ['inspect', 'a.b.c'];"
    code += "from fuzefront_authn.__main__ import run; run(); print(*sys.modules, file=sys.stderr)"
    env = {**os.environ, "PYTHONPATH": SOURCES}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=env)
    loaded = set(ran.stderr.decode().split())
    assert "fuzefront_authn._cli._inspect" in loaded
    assert not loaded & {"argparse", "httpx", "fuzefront_authn._cli._doctor"}


def test_digest_tells_module_and_contract():
    ran = authn("digest", "--json")
    said = json.loads(ran.stdout)
    assert said["module_sha256"] == _engine.shared_module().digest
    assert said["contract"]["version"] == family_contract()["version"]


def test_what_goes_wrong_in_the_host_is_no_verdict(monkeypatch):
    from fuzefront_authn._cli import _digest

    def broken(*_):
        raise RuntimeError("broken\x1b")

    monkeypatch.setattr(_digest, "digest", broken)
    printed = []
    io = Io(
        argv=["digest"],
        env={},
        stdin=bytes,
        stdin_is_tty=True,
        stdout=printed.append,
        stderr=printed.append,
        is_tty=False,
        now=lambda: NOW,
        read_file=lambda path: b"",
    )
    assert main(io) == 3
    assert printed == ["authn: no verdict: broken\\u{1b}\n"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("-0.0", "0"),
        ("1.0", "1"),
        ("-1.50", "-1.5"),
        ("100", "100"),
        ("1e21", "1e+21"),
        ("123456789012345680000", "123456789012345680000"),
        ("1.5e300", "1.5e+300"),
        ("0.000001", "0.000001"),
        ("0.0000015", "0.0000015"),
        ("1e-7", "1e-7"),
        ("1.25e-9", "1.25e-9"),
        ("5e-324", "5e-324"),
        ("9007199254740993", "9007199254740992"),
        ("0.1", "0.1"),
        ("1700000000.25", "1700000000.25"),
        ("1e400", "Infinity"),
    ],
)
def test_numbers_are_written_as_ecmascript_writes_them(number, text):
    assert number_text(float(number)) == text


def test_json_is_written_as_ecmascript_writes_it():
    text = '{"b":1.0,"10":[],"2":{"x":[true,null]},"s":"\\u00e4\\u0000\\"\\ud800"}'
    written = '{"2":{"x":[true,null]},"10":[],"b":1,"s":"\u00e4\\u0000\\"\\ud800"}'
    assert stringify(parse(text)) == written
    assert stringify(parse('{"a":[1,{}]}'), 2) == '{\n  "a": [\n    1,\n    {}\n  ]\n}'
    assert stringify(parse("1e400")) == "null"


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", *POLICY, "--token-file"),
        ("verify", "x", *POLICY, "--keys"),
        ("verify", "x", "--policy"),
        ("verify", "x", "--app", "a", "--contract"),
        ("verify", "x", "--audience", "a", "--issuer"),
        ("doctor", "--discovery"),
        ("doctor", "--key-set"),
        ("doctor", "--offline", "--page"),
        ("contract", "check"),
    ],
)
def test_a_token_in_the_place_of_something_else_is_not_printed(arguments, token):
    ran = authn(*arguments, token)
    said = ran.stdout + ran.stderr
    assert ran.returncode == 2
    assert b"looks like a token" in ran.stderr
    assert not any(part.encode() in said for part in token.split("."))


def test_a_token_is_shown_whole_in_80_columns(key):
    long = "abcdefghij" * 30
    ran = authn("inspect", key.sign({"long": long, "exp": 1e300}))
    lines = ran.stdout.decode().splitlines()
    assert long in "".join(line.strip() for line in lines)
    assert max(map(len, lines)) <= 80
    assert "  exp   1e+300" in lines


def test_what_is_far_too_long_is_told_with_its_own_size():
    ran = authn("inspect", stdin=b"x" * 600_000)
    assert b"\nsize   600000 bytes, of which 524288 were looked at\n" in ran.stdout
