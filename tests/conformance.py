"""Runs the shared vectors through `pkg/authn.wasm` in wasmtime's Python, by `docs/abi.md`; compares every answer's bytes.

    python tests/conformance.py [folder of vectors]

Needs `wasmtime`. Exits 1 when a verdict differs, 2 when there is nothing to run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

import wasmtime

HERE = Path(__file__).resolve().parent
MODULE = HERE.parent / "pkg" / "authn.wasm"
SCHEMA = "fuzefront-authn-vectors-v2"
CALLS_SCHEMA = "fuzefront-authn-calls-v2"
BESIDE = {"schema.json", "jwt-simple-deviations.json"}
"""What lies in the folder and holds no cases."""
HEAD = struct.Struct("<4I2d2I")
FIRST_SHOWN = 300


class Instance:
    """One instance of the module."""

    def __init__(self, engine: wasmtime.Engine, module: wasmtime.Module) -> None:
        self._store = wasmtime.Store(engine)
        self._exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        self._at = self._run("authn_buffer")
        rows = json.loads(self.cross(0))["operations"]
        self.numbers = {row["operation"]: row["number"] for row in rows}

    def call(self, operation: str, payload: bytes = b"", **head: Any) -> bytes:
        return self.cross(self.numbers[operation], payload, **head)

    def cross(
        self,
        number: int,
        payload: bytes = b"",
        *,
        verifier: int = 0,
        issuer: int = 0,
        flags: int = 0,
        now: float = 0.0,
    ) -> bytes:
        head = HEAD.pack(number, verifier, issuer, flags, now, 0.0, 0, len(payload))
        self._write(head + payload)
        return self._read(self._run("authn_call"))

    def _run(self, name: str) -> int:
        function: Any = self._exports[name]
        return int(function(self._store))

    def _write(self, message: bytes) -> None:
        memory: Any = self._exports["memory"]
        memory.write(self._store, message, self._at)

    def _read(self, length: int) -> bytes:
        memory: Any = self._exports["memory"]
        return bytes(memory.read(self._store, self._at, self._at + length))


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
    code = MODULE.read_bytes()
    engine = wasmtime.Engine()
    module = wasmtime.Module(engine, code)
    for path in files:
        run_file(Instance(engine, module), json.loads(path.read_text("utf-8")), path.name, tally)
    for path in vector_files(folder / "calls"):
        run_calls(Instance(engine, module), json.loads(path.read_text("utf-8")), path.name, tally)
    for failure in tally.failures:
        print(failure, file=sys.stderr)
    print(f"module {hashlib.sha256(code).hexdigest()}")
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
        answer = instance.call(case["operation"], content(case, "input"))
        tally.verdicts.update(answer)
        tally.count(f"{name} {case['id']}", compare(case, "answer", answer))


def run_group(
    instance: Instance, group: dict[str, Any], tally: Tally
) -> Iterator[tuple[str, Optional[str]]]:
    """Every case with its fault, None for a pass."""
    opened = json.loads(instance.call("open", json.dumps(group["policy"]).encode()))
    if "open_error" in group:
        yield group["id"], difference(group["open_error"], opened)
        return
    if "error" in opened:
        yield group["id"], f"the policy is refused: {opened['error']}"
        return
    verifier = opened["verifier"]
    for call in group["calls"]:
        head = {"verifier": verifier, "issuer": call["issuer"], "now": float(call["now"])}
        answer = json.loads(instance.call(call["operation"], content(call, "payload"), **head))
        fault = difference(call["answer"], answer)
        if fault is not None:
            yield f"{group['id']}, {call['operation']}", fault
    for case in group["cases"]:
        flags, payload = int(case["form"] == "authorization"), content(case, "input")
        head = {"verifier": verifier, "now": float(case["now"])}
        answer = instance.call("verify", payload, flags=flags, **head)
        trace = instance.call("explain", payload, flags=flags | 2, **head)
        tally.verdicts.update(answer)
        tally.verdicts.update(trace)
        yield case["id"], compare(case, "verdict", answer) or compare(case, "explain", trace)
    instance.call("close", verifier=verifier)


def content(holder: dict[str, Any], name: str) -> bytes:
    """Text, or bytes that are none in base64."""
    if f"{name}_base64" in holder:
        return base64.b64decode(holder[f"{name}_base64"], validate=True)
    return str(holder[name]).encode("utf-8", "surrogatepass")


def compare(case: dict[str, Any], member: str, answer: bytes) -> Optional[str]:
    if hashlib.sha256(answer).hexdigest() == case[f"{member}_sha256"]:
        return None
    if member not in case:
        return f"the verdict is right, the trace another: {answer.decode('utf-8', 'replace')}"
    fault = difference(case[member], json.loads(answer))
    return fault or f"its spelling or order differs: {answer.decode('utf-8', 'replace')}"


def difference(expected: Any, found: Any, at: str = "") -> Optional[str]:
    """The first member that differs, by its JSON Pointer."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [*expected, *(name for name in found if name not in expected)]
        pairs = [(name, expected.get(name, ...), found.get(name, ...)) for name in names]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = [(str(index), *pair) for index, pair in enumerate(zip(expected, found))]
    elif expected == found:
        return None
    else:
        return f"at `{at}`\n  expected {shown(expected)}\n  found    {shown(found)}"
    faults = (difference(one, other, f"{at}/{name}") for name, one, other in pairs)
    return next((fault for fault in faults if fault is not None), None)


def shown(value: Any) -> str:
    text = "nothing" if value is ... else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= FIRST_SHOWN else f"{text[:FIRST_SHOWN]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
