"""Both command lines, the same calls: exit code and every byte of both outputs must be equal.

    python tests/cli_parity.py

Runs each host's driver (`tests/cli/`) once, over all vectors, over command lines by hand, and over
an issuer on loopback. Needs `node`, and in this Python `wasmtime` and `httpx`. Exits 1 when an
answer differs, or when a verdict is not that of the vector.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from typing import Any, Optional

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from cli.bodies import serving  # noqa: E402
from cli.by_hand import calls_by_hand  # noqa: E402
from cli.from_vectors import Call, Files, calls_of_calls, calls_of_verdicts  # noqa: E402

PYTHON = [sys.executable, str(HERE / "cli" / "driver.py")]

SHOWN = 20
"""How many differences are printed."""


def main() -> int:
    """Prints the differences and a tally."""
    node = shutil.which("node")
    if node is None:
        print("there is no `node` on the path", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="authn-cli-") as folder, serving() as bodies:
        files = Files(Path(folder))
        vectors = HERE / "vectors"
        calls = [
            *calls_of_verdicts(vectors, files, bodies),
            *calls_of_calls(vectors, files),
            *calls_by_hand(files, bodies),
        ]
        drivers = [
            [node, str(HERE / "cli/driver.mjs")],
            [sys.executable, str(HERE / "cli/driver.py")],
        ]
        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda driver: run(driver, calls), drivers))
    faults = [
        f"{call.name}: {fault}"
        for call, *pair in zip(calls, *answers)
        if (fault := compare(call, *pair)) is not None
    ]
    for fault in faults[:SHOWN]:
        print(fault, file=sys.stderr)
    print(f"cli parity: {len(calls) - len(faults)} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults else 0


def run(driver: Sequence[str], calls: Sequence[Call]) -> list[dict[str, Any]]:
    """The driver's answers to all calls."""
    lines = "".join(json.dumps(call.line) + "\n" for call in calls)
    ran = subprocess.run(  # noqa: S603
        driver, input=lines.encode(), capture_output=True, check=False, timeout=300
    )
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    if ran.returncode != 0 or len(answers) != len(calls):
        stopped = calls[len(answers)].name if len(answers) < len(calls) else "the end"
        trouble = ran.stderr.decode("utf-8", "replace")[-2000:]
        raise SystemExit(f"`{Path(driver[-1]).name}` stopped at {stopped}:\n{trouble}")
    return answers


def compare(call: Call, node: dict[str, Any], python: dict[str, Any]) -> Optional[str]:
    """What differs, None for nothing."""
    for part in ("code", "stderr", "stdout"):
        if node[part] != python[part]:
            return f"{part} differs for {call.line['argv']}{apart(node[part], python[part])}"
    line = node["stdout"].removesuffix("\n").encode()
    if call.answer is not None and hashlib.sha256(line).hexdigest() != call.answer:
        return f"the line is not the verdict of the vector: {node['stdout']!r}"
    return None


def apart(node: object, python: object) -> str:
    """The first line that differs, in both."""
    lines = zip_longest(str(node).split("\n"), str(python).split("\n"))
    pair = next(pair for pair in lines if pair[0] != pair[1])
    return f"\n  node    {pair[0]!r:.400}\n  python  {pair[1]!r:.400}"


if __name__ == "__main__":
    sys.exit(main())
