import hashlib
import re
from pathlib import Path

import fuzefront_authn
from fuzefront_authn import _abi, _engine

ROOT = Path(__file__).resolve().parents[2]


def test_version_is_that_of_the_module_and_of_every_part():
    cargo = (ROOT / "Cargo.toml").read_text()
    found = re.search(r'^version = "([^"]+)"', cargo, re.MULTILINE)
    assert found is not None
    about = _engine.ask_once(_abi.ABOUT, b"")
    assert fuzefront_authn.__version__ == found.group(1) == about["version"]


def test_the_module_that_decides_is_the_one_in_pkg(static):
    wasm = (ROOT / "pkg" / "authn.wasm").read_bytes()
    named = (ROOT / "pkg" / "authn.wasm.sha256").read_text().split()[0]
    assert static().digest == hashlib.sha256(wasm).hexdigest() == named


def test_only_wasmtime_is_needed_at_run_time():
    project = (ROOT / "host-python" / "pyproject.toml").read_text()
    assert re.search(r'^dependencies = \["wasmtime[^",]*"\]$', project, re.MULTILINE)


def test_no_second_copy_of_the_module_lies_in_the_sources():
    copies = list((ROOT / "host-python").rglob("*.wasm"))
    assert [path for path in copies if "dist" not in path.parts] == []
