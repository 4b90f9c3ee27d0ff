"""The command line of the Python host, many times in one process.

Reads a JSON object {argv, env, stdin, now} a line, answers {code, stdout, stderr} a line, as
`driver.mjs` does for the Node host: `stdin_base64` stands for bytes that are no text, `tty` makes
the output a terminal. Files and network are real.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "host-python" / "src"))

from fuzefront_authn._cli._io import Io  # noqa: E402
from fuzefront_authn._cli._main import main  # noqa: E402

# One for all calls: making one takes longer than all the rest of a call.
CLIENT = httpx.Client(trust_env=False)


def run(call: dict[str, Any]) -> dict[str, Any]:
    stdout: list[str] = []
    stderr: list[str] = []
    given = "stdin" in call or "stdin_base64" in call
    stdin = base64.b64decode(call.get("stdin_base64", "")) or call.get("stdin", "").encode()
    code = main(
        Io(
            argv=call["argv"],
            env=call.get("env", {}),
            stdin=lambda: stdin,
            stdin_is_tty=not given,
            stdout=stdout.append,
            stderr=stderr.append,
            is_tty=call.get("tty", False),
            now=lambda: call.get("now", time.time()),
            read_file=lambda path: Path(path).read_bytes(),
            http_client=CLIENT,
        )
    )
    return {"code": code, "stdout": "".join(stdout), "stderr": "".join(stderr)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
