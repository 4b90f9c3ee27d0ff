"""Command lines by hand: mistakes in calling, where tokens come from, what is printed for people,
and an issuer on loopback that answers in several ways.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .bodies import Bodies
from .from_vectors import Call, Files

__all__ = ["calls_by_hand"]

NOW = 1_700_000_000

OUTPUTS: list[list[str]] = [[], ["--json"]]


def calls_by_hand(files: Files, bodies: Bodies) -> Iterator[Call]:
    """All of them."""
    named = {**documents(files), **tokens()}
    lines = (Path(__file__).parent / "lines.txt").read_text("utf-8").splitlines()
    for template in ("", *(line for line in lines if line and not line.startswith("#"))):
        argv = [part.format_map(named) for part in template.split()]
        for tty in (False, True):
            name = f"authn {template}{' on a terminal' if tty else ''}"
            yield Call(name, {"argv": argv, "now": NOW, "tty": tty})
    yield from sources(named)
    yield from colours(named)
    yield from fetched(bodies)


def sources(named: dict[str, str]) -> Iterator[Call]:
    """Where tokens come from."""
    jws, file = named["jws"], named["token"]
    encoded = base64.b64encode(b"\xef\xbb\xbf\xff" + jws.encode()).decode()
    worlds: list[tuple[str, list[str], dict[str, Any]]] = [
        ("stdin", [], {"stdin": f"  Bearer {jws}\r\n"}),
        ("a dash", ["-"], {"stdin": f"bearer   {jws}"}),
        ("the environment", [], {"env": {"AUTHN_TOKEN": f"{jws}\t"}}),
        ("the environment before stdin", [], {"env": {"AUTHN_TOKEN": jws}, "stdin": "no"}),
        ("an argument before the environment", [jws], {"env": {"AUTHN_TOKEN": "no"}}),
        ("a file", ["--token-file", file], {}),
        ("a file before the environment", [f"--token-file={file}"], {"env": {"AUTHN_TOKEN": "n"}}),
        ("an empty environment", [], {"env": {"AUTHN_TOKEN": ""}}),
        ("an empty argument", [""], {}),
        ("an empty stdin", [], {"stdin": ""}),
        ("bytes that are no text", [], {"stdin_base64": encoded}),
        ("a long text", [], {"stdin": "x" * 600_000}),
        ("white space", [], {"stdin": " \v\f\u00a0\u2028 x \u00a0"}),
        ("controls", [], {"stdin": "\x1b[31mred\u202e\u0007"}),
    ]
    for name, argv, world in worlds:
        for output in OUTPUTS:
            line = {"argv": ["inspect", *argv, *output], "now": NOW, **world}
            yield Call(f"a token from {name}", line)


def colours(named: dict[str, str]) -> Iterator[Call]:
    """When there is colour."""
    argv = ["inspect", named["jws"]]
    line = {"argv": argv, "now": NOW, "tty": True}
    for env in ({"NO_COLOR": "1"}, {"NO_COLOR": ""}, {"TERM": "dumb"}, {"TERM": "xterm"}):
        yield Call(f"colour with {env}", {**line, "env": env})
    yield Call("--no-color", {**line, "argv": [*argv, "--no-color"]})


def fetched(bodies: Bodies) -> Iterator[Call]:
    """An issuer on loopback: what it answers, and what the doctor sees of it."""
    issuer = f"{bodies.origin}/o/good/"
    keys = json.dumps({"keys": [KEY]}).encode()
    bodies.put("/o/good/jwks/", keys, Cache_Control="max-age=60")
    document = {"issuer": issuer, "jwks_uri": f"{issuer}jwks/"}
    bodies.put("/o/good/.well-known/openid-configuration", json.dumps(document).encode())
    bodies.put("/text", b"<html>")
    bodies.put("/empty", b'{"keys":[]}')
    bodies.put("/moved", b"", 302, Location="/text")
    bodies.put("/busy", b"", 503, Retry_After="7")
    bodies.put("/page", b"", Content_Security_Policy="default-src 'self'; script-src 'self'")
    token = unsigned({"iss": issuer, "sub": "u", "aud": "a", "exp": NOW + 60}, kid="k1")
    policy = ["--issuer", issuer, "--audience", "a"]
    for command in ("verify", "explain"):
        for output in OUTPUTS:
            yield Call(f"{command}: discovery", _line([command, token, *policy, *output]))
            for path in ("/text", "/empty", "/busy", "/nowhere"):
                of = [*policy, "--jwks-uri", bodies.origin + path]
                yield Call(f"{command}: {path}", _line([command, token, *of, *output]))
        of = [*policy, "--jwks-uri", f"{bodies.origin}/moved", "--json"]
        yield Call(f"{command}: moved", _line([command, token, *of]))
    # The evidence holds how long an answer took, and when it came: only what was found is compared.
    yield Call("doctor: a page is not fetched", _line(["doctor", "--page", "x", "--offline"]))


def _line(argv: list[str]) -> dict[str, Any]:
    return {"argv": argv, "now": NOW}


KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "kid": "k1",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",  # RFC 8037, appendix A.2
}


def documents(files: Files) -> dict[str, str]:
    """Files by name."""
    keys = {"keys": [KEY]}
    discovery = {"issuer": "https://id.example", "jwks_uri": "https://id.example/jwks/"}
    entry = {"issuer": "https://id.example/", "audience": "a", "keys": keys}
    return {
        "text": files.put(b"not JSON"),
        "list": files.put(b"[]"),
        "empty": files.put(b""),
        "nan": files.put(b'{"keys":NaN}'),
        "number": files.put(b'{"n":1' + b"0" * 5000 + b"}"),
        "deep": files.put(b"[" * 3000 + b"]" * 3000),
        "open": files.put(b"[" * 100_000),
        "shallow": files.put(b"[" * 150),
        "broken": files.put(b'{"a":' * 300 + b"]" + b'"'),
        "large": files.put(b'{"a":"' + b"x" * 600_000 + b'"}'),
        "twice": files.put(b'{"name":"a","name":"b"}'),
        "keys": files.json(keys),
        "nokeys": files.json({"keys": []}),
        "bom": files.put(b"\xef\xbb\xbf" + json.dumps(keys).encode()),
        "discovery": files.json(discovery),
        "policy": files.json({"issuers": [entry]}),
        "token": files.put(tokens()["jws"].encode() + b"\n"),
    }


def tokens() -> dict[str, str]:
    """Tokens by name; none is signed."""
    claims = {"iss": "https://id.example/", "sub": "u", "aud": ["a", "b"], "exp": NOW + 90}
    odd: dict[str, Any] = {
        "b": 1.0,
        "10": 1e21,
        "2": -0.0,
        "1e3": [1.5e-7, 123456789012345680000, 0.000001, 5e-324],
        "\u001b[1m": "\u202e\ud83d\ude00 \u00ad tab\t",
        "exp": NOW - 0.5,
        "iat": 1e300,
        "nbf": -5,
        "auth_time": "soon",
        "empty": ["", {}, [], None, True],
        "list": ["one", "", "three"],
        "nested": {"b": [1, "2"], "a": {"9": 0, "1": None}},
        "big": 12345678901234567890123,
    }
    wide = {"text": "word " * 60, "long": "x" * 200, "\u6f22\u5b57": "\u6f22" * 50}
    return {"jws": unsigned(claims), "odd": unsigned(odd), "wide": unsigned(wide)}


def unsigned(claims: dict[str, Any], **header: Any) -> str:
    """A token whose signature is nonsense."""
    parts = ({"alg": "EdDSA", "typ": "JWT", **header}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
    return b".".join([*encoded, b"A" * 86]).decode().replace("=", "")
