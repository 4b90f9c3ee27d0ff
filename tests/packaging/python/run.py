"""Builds the Python package in every way it is built, and uses what came out in empty environments.

    python tests/packaging/python/run.py

Interpreters are looked for by version: `$AUTHN_PYTHON_3_9`, `python3.9` on the path, pyenv's.
Needs a package index. Prints one line per check and a tally; exits 1 when a check failed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Optional

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PROJECT = ROOT / "host-python"
WASM = ROOT / "pkg" / "authn.wasm"
TOOLS = ROOT / "pkg" / "authn-tools.wasm"
CONTRACT = ROOT / "docs" / "contract" / "fuzefront.v1.json"
VERSIONS = ("3.9", "3.13")
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
NO_INDEX = re.compile(
    "Temporary failure in name resolution|NewConnectionError|NameResolutionError|ConnectTimeout"
    "|Network is unreachable"
)


class Skipped(Exception):
    """A check that cannot be made here; says why."""


class Failed(Exception):
    """A check that did not hold; says what was seen."""


class Run:
    """The tally, and what earlier checks built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.environments: dict[str, Path] = {}
        self.builder: Optional[Path] = None
        self.sdist: Optional[Path] = None
        self.wheel: Optional[Path] = None

    def check(self, name: str, body: Callable[[], None]) -> None:
        """Makes one check. Nothing is passed over in silence."""
        try:
            body()
            outcome, why = "passed", ""
        except Skipped as reason:
            outcome, why = "skipped", f": {reason}"
        except Failed as reason:
            outcome, why = "failed", f": {reason}"
        self.counts[outcome] += 1
        print(f"{outcome}: {name}{why}", flush=True)

    def built(self) -> Path:
        if self.wheel is None:
            raise Failed("there is no wheel to install")
        return self.wheel


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="authn-packaging-") as temporary:
        run = Run(Path(temporary))
        run.check("sdist from the repository", lambda: build_sdist(run))
        run.check("wheel from the repository", lambda: build_wheel(run))
        run.check("wheel from the sdist is the same", lambda: build_from_sdist(run))
        run.check("wheel and sdist carry modules and contract", lambda: compare_carried(run))
        for version in VERSIONS:
            run.check(f"{version}: wheel alone verifies", lambda v=version: use_alone(run, v))
            run.check(f"{version}: contract, command line", lambda v=version: use_contract(run, v))
            run.check(f"{version}: extra fetch fetches", lambda v=version: use_fetch(run, v))
            run.check(f"{version}: extra fastapi guards", lambda v=version: use_fastapi(run, v))
            run.check(f"{version}: extras redis and otel", lambda v=version: use_redis_otel(run, v))
        newest = VERSIONS[-1]
        run.check(f"{newest}: mypy --strict on a user's file", lambda: type_check(run, newest))
        run.check(f"{newest}: development install", lambda: use_editable(run, newest))
    counts = run.counts
    print(
        f"packaging python: {counts['passed']} passed, {counts['failed']} failed,"
        f" {counts['skipped']} skipped"
    )
    return 1 if counts["failed"] else 0


# Building


def build_sdist(run: Run) -> None:
    python = environment(run, "build", sys.executable)
    install(python, "build", "hatchling")
    run.builder = python
    run.sdist = build(run, PROJECT, "--sdist", "from-repository")


def build_wheel(run: Run) -> None:
    run.wheel = build(run, PROJECT, "--wheel", "from-repository")


def build_from_sdist(run: Run) -> None:
    if run.sdist is None:
        raise Failed("there is no sdist")
    unpacked = run.folder / "unpacked"
    with tarfile.open(run.sdist) as archive:
        # Older patch releases know no filters; the archive was made by the check before.
        careful = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(unpacked, **careful)  # type: ignore[arg-type]  # noqa: S202
    (source,) = unpacked.iterdir()
    wheel = build(run, source, "--wheel", "from-sdist")
    first, second = contents(run.built()), contents(wheel)
    names = {name for name in first.keys() | second.keys() if not name.endswith("/RECORD")}
    differing = sorted(name for name in names if first.get(name) != second.get(name))
    if differing:
        raise Failed(f"differing files: {', '.join(differing)}")


def compare_carried(run: Run) -> None:
    expected = {path.name: sha256(path.read_bytes()) for path in (WASM, TOOLS, CONTRACT)}
    wheel = contents(run.built())
    if run.sdist is None:
        raise Failed("there is no sdist")
    with tarfile.open(run.sdist) as archive:
        sdist = {
            member.name.split("/", 1)[1]: file.read()
            for member in archive
            if (file := archive.extractfile(member))
        }
    for made, files, folder in (("wheel", wheel, ""), ("sdist", sdist, "src/")):
        found = {name: sha256(files[name]) for name in files if name.endswith((".wasm", ".json"))}
        if found != {f"{folder}fuzefront_authn/{name}": expected[name] for name in expected}:
            raise Failed(f"the {made} carries {found}")


def build(run: Run, source: Path, what: str, name: str) -> Path:
    if run.builder is None:
        raise Failed("the build tools are not installed")
    target = run.folder / name
    call(run.builder, "-m", "build", "--no-isolation", what, "--outdir", str(target), str(source))
    suffix = ".whl" if what == "--wheel" else ".tar.gz"
    (made,) = target.glob(f"*{suffix}")
    return made


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        if len(names) != len(set(names)):
            raise Failed("the wheel names a file twice")
        return {name: archive.read(name) for name in names}


# Using


def use_alone(run: Run, version: str) -> None:
    python = environment(run, version, interpreter(version))
    install(python, str(run.built()))
    listed = call(python, "-m", "pip", "list", "--format=freeze").split()
    names = {line.split("==")[0].split("@")[0].lower() for line in listed}
    extra = names - {"pip", "setuptools", "wheel", "fuzefront-authn", "fuzefront_authn", "wasmtime"}
    if extra:
        raise Failed(f"more was installed than needed: {', '.join(sorted(extra))}")
    use(python, "verify_static.py", sha256(WASM.read_bytes()))


def use_contract(run: Run, version: str) -> None:
    use(existing(run, version), "use_contract.py", sha256(CONTRACT.read_bytes()))


def use_fetch(run: Run, version: str) -> None:
    python = existing(run, version)
    install(python, f"{run.built()}[fetch]")
    use(python, "verify_fetched.py")


def use_fastapi(run: Run, version: str) -> None:
    python = existing(run, version)
    install(python, f"{run.built()}[fastapi]")
    use(python, "guard_endpoints.py")


def use_redis_otel(run: Run, version: str) -> None:
    python = existing(run, version)
    install(python, f"{run.built()}[redis,otel]")
    use(python, "share_keys.py")


def use_editable(run: Run, version: str) -> None:
    python = existing(run, version)
    install(python, "--editable", str(PROJECT))
    use(python, "verify_static.py", sha256(WASM.read_bytes()))
    use(python, "use_contract.py", sha256(CONTRACT.read_bytes()))


def type_check(run: Run, version: str) -> None:
    python = existing(run, version)
    install(python, "mypy")
    mypy = ("-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", os.devnull)
    call(python, *mypy, str(HERE / "user_good.py"))
    bad = HERE / "user_bad.py"
    expected = [
        (number, line.split("# error: ")[1])
        for number, line in enumerate(bad.read_text("utf-8").splitlines(), 1)
        if "# error: " in line
    ]
    ran = subprocess.run(  # noqa: S603
        [str(python), *mypy, str(bad)], capture_output=True, text=True, cwd=run.folder, check=False
    )
    found = [
        (int(match.group(1)), match.group(2))
        for match in re.finditer(r"user_bad\.py:(\d+): error: .*\[([\w-]+)\]", ran.stdout)
    ]
    if found != expected or not expected:
        raise Failed(f"expected errors {expected}, mypy found {found}")


def use(python: Path, script: str, *arguments: str) -> None:
    answer = call(python, str(HERE / script), *arguments)
    if answer.strip().splitlines()[-1:] != ["ok"]:
        raise Failed(f"`{script}` answered {answer!r}")


# Environments


def interpreter(version: str) -> str:
    """Where a Python of this version is. Raises Skipped when there is none."""
    variable = f"AUTHN_PYTHON_{version.replace('.', '_')}"
    pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    for candidate in (os.environ.get(variable), shutil.which(f"python{version}"), *map(str, pyenv)):
        if candidate and answers_as(candidate, version):
            return candidate
    raise Skipped(f"no Python {version} here (`{variable}` may name one)")


def answers_as(candidate: str, version: str) -> bool:
    code = "import sys, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        ran = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return False
    return ran.stdout.strip() == version


def environment(run: Run, name: str, base: str) -> Path:
    """An empty environment. Raises Skipped where this Python cannot make one."""
    folder = run.folder / name
    call(Path(base), "-m", "venv", str(folder))
    return run.environments.setdefault(name, folder / SCRIPTS / "python")


def existing(run: Run, version: str) -> Path:
    """The environment an earlier check made, the wheel in it."""
    interpreter(version)
    if version not in run.environments:
        raise Failed("an earlier check did not make the environment")
    return run.environments[version]


def install(python: Path, *what: str) -> None:
    call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)


def call(python: Path, *arguments: str) -> str:
    """Runs Python away from the repository, so that only what was installed is found."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ran = subprocess.run(  # noqa: S603
        [str(python), *arguments],
        capture_output=True,
        text=True,
        cwd=tempfile.gettempdir(),
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "default"},
        check=False,
    )
    if ran.returncode == 0:
        return ran.stdout
    if NO_INDEX.search(ran.stdout + ran.stderr):
        raise Skipped("no package index within reach")
    raise Failed("\n" + (ran.stdout + ran.stderr).strip()[-2000:])


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
