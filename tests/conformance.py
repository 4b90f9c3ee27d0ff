"""Runs the shared vectors through the module as Python hosts it; compares every answer's bytes.

    python tests/conformance.py [folder of vectors]

Needs `wasmtime`. Exits 1 when a verdict differs, 2 when there is nothing to run.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "host-python" / "src"))

from fuzefront_authn import _engine  # noqa: E402

SCHEMA = "fuzefront-authn-vectors-v1"
CALLS_SCHEMA = "fuzefront-authn-calls-v1"
FORMS = {"token": 0, "authorization": 1}
WHATS = {"discovery": 0, "key_set": 1}
BESIDE = {"schema.json", "jwt-simple-deviations.json"}
"""What lies in the folder and holds no cases."""


class Instance(_engine.Instance):
    """The module by its exports of ABI 1.1, which the vectors are written for."""

    def export(self, name: str, *arguments: float, data: bytes) -> bytes:
        ctypes.memmove(self._address(), data, len(data))
        function = self._exports[name]
        return ctypes.string_at(self._address(), function(self._store, *arguments, len(data)))

    def asked(self, name: str, *arguments: float, data: bytes) -> dict[str, Any]:
        return dict(json.loads(self.export(name, *arguments, data=data)))


class Tally:
    """What came of the cases, and the SHA-256 over the bytes of all answers in order."""

    def __init__(self) -> None:
        self.passed = 0
        self.failures: list[str] = []
        self.verdicts = hashlib.sha256()

    def count(self, name: str, fault: Optional[str]) -> None:
        if fault is None:
            self.passed += 1
        else:
            self.failures.append(f"{name}: {fault}")


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else HERE / "vectors"
    files = vector_files(folder)
    if not files:
        print(f"no vectors in `{folder.name}`", file=sys.stderr)
        return 2
    tally = Tally()
    module = _engine.shared_module()
    for path in files:
        run_file(Instance(module), json.loads(path.read_text("utf-8")), path.name, tally)
    for path in vector_files(folder / "calls"):
        run_calls(Instance(module), json.loads(path.read_text("utf-8")), path.name, tally)
    for failure in tally.failures:
        print(failure, file=sys.stderr)
    print(f"module {module.digest}")
    counts = f"{tally.passed} passed, {len(tally.failures)} failed, 0 skipped"
    print(f"conformance python: {counts}, verdicts {tally.verdicts.hexdigest()}")
    return 1 if tally.failures else 0


def vector_files(folder: Path) -> list[Path]:
    found = (path for path in folder.glob("*.json") if path.name not in BESIDE)
    return sorted(found, key=lambda path: path.name)


def run_file(instance: Instance, file: dict[str, Any], name: str, tally: Tally) -> None:
    if file.get("schema") != SCHEMA:
        tally.count(name, f"the schema is not `{SCHEMA}`")
        return
    for group in file["groups"]:
        for case, fault in run_group(instance, group, tally):
            tally.count(f"{name} {case}", fault)


def run_calls(instance: Instance, file: dict[str, Any], name: str, tally: Tally) -> None:
    """The calls that need no verifier."""
    if file.get("schema") != CALLS_SCHEMA:
        tally.count(name, f"the schema is not `{CALLS_SCHEMA}`")
        return
    for case in file["cases"]:
        answer = instance.export(case["call"], data=content(case, "input"))
        tally.verdicts.update(answer)
        tally.count(f"{name} {case['id']}", compare(case, "answer", answer))


def run_group(
    instance: Instance, group: dict[str, Any], tally: Tally
) -> Iterator[tuple[str, Optional[str]]]:
    """Every case with its fault, None for a pass."""
    opened = instance.asked("authn_open", data=json.dumps(group["policy"]).encode())
    if "open_error" in group:
        expected = group["open_error"]
        yield group["id"], None if opened == expected else f"opened with {opened}"
        return
    if "error" in opened:
        yield group["id"], f"the policy is refused: {opened['error']}"
        return
    verifier = opened["verifier"]
    for offer in group.get("offers", []):
        answer = make_offer(instance, verifier, offer)
        if "answer" in offer and answer != offer["answer"]:
            yield group["id"], f"an offer was answered {answer}"
    for case in group["cases"]:
        form, now = FORMS[case["form"]], float(case["now"])
        data = content(case, "input")
        answer = instance.export("authn_verify", verifier, form, now, data=data)
        trace = instance.export("authn_explain", verifier, form, 1, now, data=data)
        tally.verdicts.update(answer)
        tally.verdicts.update(trace)
        yield case["id"], compare(case, "verdict", answer) or compare(case, "explain", trace)
    instance._exports["authn_close"](instance._store, verifier)


def make_offer(instance: Instance, verifier: int, offer: dict[str, Any]) -> dict[str, Any]:
    max_age = -1.0 if offer.get("max_age") is None else float(offer["max_age"])
    return instance.asked(
        "authn_offer",
        verifier,
        offer["issuer"],
        WHATS[offer["what"]],
        float(offer["now"]),
        max_age,
        0.0,
        data=content(offer, "body"),
    )


def content(holder: dict[str, Any], name: str) -> bytes:
    """Text, or bytes that are none in base64."""
    if f"{name}_base64" in holder:
        return base64.b64decode(holder[f"{name}_base64"], validate=True)
    return str(holder[name]).encode("utf-8", "surrogatepass")


def compare(case: dict[str, Any], member: str, answer: bytes) -> Optional[str]:
    if hashlib.sha256(answer).hexdigest() == case[f"{member}_sha256"]:
        return None
    expected = json.dumps(case[member]) if member in case else "the recorded trace"
    return f"expected {expected}, got {answer.decode('utf-8', 'replace')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
