"""Command lines made of the shared vectors.

A vector offers key sets to an open verifier; a command line cannot. So the last key set of each
issuer is given as its fixed `keys`, and once for each group it is served on loopback and fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from .bodies import Bodies

__all__ = ["Call", "calls_of_calls", "calls_of_verdicts"]

BESIDE = {"schema.json", "jwt-simple-deviations.json"}
"""What lies among the vectors and holds no cases."""


@dataclass(frozen=True)
class Call:
    """One command line for a driver. `answer` is the SHA-256 of the line it must print."""

    name: str
    line: dict[str, Any]
    answer: Optional[str] = None


class Files:
    """Documents, written to a folder once each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        path = self.folder / f"{hashlib.sha256(content).hexdigest()[:24]}.json"
        if not path.exists():
            path.write_bytes(content)
        return str(path)

    def json(self, value: Any) -> str:
        return self.put(json.dumps(value).encode())


def calls_of_verdicts(vectors: Path, files: Files, bodies: Bodies) -> Iterator[Call]:
    """`verify`, `explain` and `inspect` on every case, `verify` on every refused policy."""
    for path in sorted(vectors.glob("*.json")):
        if path.name in BESIDE:
            continue
        for group in json.loads(path.read_text("utf-8"))["groups"]:
            yield from _of_group(group, files, bodies)


def _of_group(group: dict[str, Any], files: Files, bodies: Bodies) -> Iterator[Call]:
    name, policy, offers = group["id"], group["policy"], _offers(group.get("calls", []))
    if "open_error" in group:
        of = ["--policy", files.json(policy)]
        for output in (["--json"], []):
            yield Call(f"{name} refused", {"argv": ["verify", "a.b.c", *of, *output]})
            yield Call(f"{name} refused, doctor", {"argv": ["doctor", *of, *output, "--offline"]})
        return
    of = ["--policy", files.json(_with_keys(policy, offers, name, bodies))]
    for number, case in enumerate(group["cases"]):
        yield from _of_case(case, of, number, exact=not offers)
    if offers:
        served = ["--policy", files.json(_with_urls(policy, offers, name, bodies))]
        first = group["cases"][0]
        for command in ("verify", "explain"):
            line = _line([command, *served, "--json"], first)
            yield Call(f"{name} {command}, fetched", line)


def _of_case(case: dict[str, Any], of: list[str], number: int, exact: bool) -> Iterator[Call]:
    name = case["id"]
    # Where nothing was offered, the line is the verdict of the vector itself.
    exact = exact and case["form"] == "token" and "fetch" not in case["verdict"]
    exact = exact and _plain(case) and case["verdict"]["verdict"] != "keys_needed"
    answer = case["verdict_sha256"] if exact else None
    yield Call(f"{name} verify", _line(["verify", *of, "--json"], case), answer)
    yield Call(f"{name} explain", _line(["explain", *of, "--json", "--values"], case))
    yield Call(f"{name} inspect", _line(["inspect", "--json"], case))
    # For people: each case in one command, in turn, half of them in colour.
    commands = (["verify", *of], ["explain", *of], ["explain", *of, "--values"], ["inspect"])
    command = commands[number % len(commands)]
    line = {**_line(command, case), "tty": number % 8 < 4}
    yield Call(f"{name} {command[0]}, for people", line)
    if number % 4 == 0:
        yield Call(f"{name} explain, hidden", _line(["explain", *of, "--json"], case))


def _offers(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documents that the calls of a group bring."""
    offers = []
    what = ""
    for call in calls:
        if call["operation"] == "told":
            payload = base64.b64decode(call["payload_base64"]) if "payload_base64" in call else b""
            text = call.get("payload", payload.decode("utf-8", "replace"))
            offers.append(
                {
                    "what": what,
                    "issuer": call["issuer"],
                    "body": text.partition("\n")[2],
                    "answer": {"keys": call["answer"].get("outcome") == "stored"},
                }
            )
        what = call["answer"].get("what", what)
    return offers


def _line(argv: list[str], case: dict[str, Any]) -> dict[str, Any]:
    now = case["now"]
    times = ["--now", str(int(now))] if now == int(now) and 0 <= now < 10**12 else []
    return {"argv": [*argv, *times], "now": now, "stdin_base64": _base64(case)}


def _base64(case: dict[str, Any]) -> str:
    if "input_base64" in case:
        return str(case["input_base64"])
    return base64.b64encode(case["input"].encode("utf-8", "surrogatepass")).decode()


def _plain(case: dict[str, Any]) -> bool:
    """Whether the command line hands the token on as it is."""
    token = case.get("input", "\n")
    return bool(token == token.strip(" \t\r\n") and token[:7].lower() != "bearer ")


def _with_keys(
    policy: dict[str, Any], offers: list[dict[str, Any]], name: str, bodies: Bodies
) -> dict[str, Any]:
    """Fixed keys where there are usable ones, for a policy takes no others; else URLs."""
    fixed = _with_urls(policy, offers, name, bodies)
    for offer in offers:
        if offer["what"] == "key_set" and offer["answer"].get("keys"):
            entry = fixed["issuers"][offer["issuer"]]
            entry.pop("jwks_uri", None)
            entry["keys"] = json.loads(offer["body"])
    return fixed


def _with_urls(
    policy: dict[str, Any], offers: list[dict[str, Any]], name: str, bodies: Bodies
) -> dict[str, Any]:
    policy = json.loads(json.dumps(policy))
    for number, entry in enumerate(policy["issuers"]):
        if "keys" not in entry and "secret" not in entry:
            entry["jwks_uri"] = f"{bodies.origin}/{name}/{number}"
    for offer in offers:
        if offer["what"] == "key_set":
            bodies.put(f"/{name}/{offer['issuer']}", offer["body"].encode())
    return dict(policy)


def _object(text: str) -> Optional[dict[str, Any]]:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def calls_of_calls(vectors: Path, files: Files) -> Iterator[Call]:
    """`inspect`, `contract check` and `doctor` on the calls that need no verifier."""
    made = {
        "inspect": _inspect,
        "contract": _contract,
        "authn_diagnose": _doctor,
    }
    for path in sorted((vectors / "calls").glob("*.json")):
        for case in json.loads(path.read_text("utf-8")).get("cases", []):
            for output in (["--json"], []):
                line = made[case["operation"]](case, files)
                if line is not None:
                    named = f"{case['id']} {line['argv'][0]}{'' if output else ', for people'}"
                    yield Call(named, {**line, "argv": [*line["argv"], *output]})


def _inspect(case: dict[str, Any], _: Files) -> dict[str, Any]:
    return {"argv": ["inspect"], "now": 1_700_000_000, "stdin_base64": _base64(case)}


def _contract(case: dict[str, Any], files: Files) -> dict[str, Any]:
    """The contract as it stands in the request, or the whole request where there is none."""
    content = base64.b64decode(_base64(case))
    request = _object(content.decode("utf-8", "replace")) or {}
    file = files.json(request["contract"]) if "contract" in request else files.put(content)
    argv = ["contract", "check", file]
    for member in ("app", "environment"):
        value = request.get(member)
        if isinstance(value, str) and value:
            argv.append(f"--{member}={value}")
    return {"argv": argv}


def _doctor(case: dict[str, Any], files: Files) -> dict[str, Any]:
    """What the request holds, as far as a command line can say it."""
    content = base64.b64decode(_base64(case))
    request = _object(content.decode("utf-8", "replace")) or {}
    argv = ["doctor", "--offline"]
    if isinstance(request.get("policy"), dict):
        argv += ["--policy", files.json(request["policy"])]
    if isinstance(request.get("token"), str):
        argv += ["--token-file", files.put(request["token"].encode("utf-8", "surrogatepass"))]
    fetched = request.get("fetched")
    for seen in fetched if isinstance(fetched, list) else []:
        option = {"discovery": "--discovery", "key_set": "--key-set"}.get(seen.get("what"))
        if option and option not in argv and isinstance(seen.get("body"), str):
            argv += [option, files.put(seen["body"].encode("utf-8", "surrogatepass"))]
    now = request.get("now")
    return {"argv": argv, "now": now if isinstance(now, (int, float)) else 1_700_000_000}
