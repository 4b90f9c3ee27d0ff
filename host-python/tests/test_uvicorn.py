"""FastAPI in a process of its own, under uvicorn, with keys fetched over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from .issuer import DISCOVERY, KEYS, Issuer
from .minting import AUDIENCE, claims, key_set, signing_key

SOURCES = Path(__file__).resolve().parents[1] / "src"
APP = f"""
import os
from typing import Annotated
from fastapi import Depends, FastAPI
from fuzefront_authn import AsyncVerifier, Identity, Verifier
from fuzefront_authn.fastapi import RequireAuth

app = FastAPI()
options = dict(issuer=os.environ["ISSUER"], audience="{AUDIENCE}")
threads, loop = RequireAuth(Verifier(**options)), RequireAuth(AsyncVerifier(**options))

@app.get("/threads")
def sync(identity: Annotated[Identity, Depends(threads)]) -> str:
    return identity.user_id

@app.get("/loop")
async def asynchronous(identity: Annotated[Identity, Depends(loop)]) -> str:
    return identity.user_id
"""


@pytest.fixture
def base_url(issuer: Issuer, tmp_path: Path) -> Iterator[str]:
    issuer.publish(key_set(signing_key("k1")))
    (tmp_path / "served.py").write_text(APP)
    log = tmp_path / "log"
    command = [sys.executable, "-m", "uvicorn", "served:app", "--port", "0", "--no-access-log"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "ISSUER": issuer.url}
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while "running on" not in (text := log.read_text()):
            assert process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.05)
        yield text.split("running on ")[1].split()[0]
    finally:
        process.terminate()
        process.wait(20)


def test_many_requests_at_once_on_a_cold_server(base_url: str, issuer: Issuer) -> None:
    token = signing_key("k1").sign(claims(issuer.url, now=time.time()))
    late = signing_key("k1").sign(claims(issuer.url, now=time.time() - 9000))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=base_url, timeout=30) as client:

        def get(i: int) -> httpx.Response:
            return client.get("/threads" if i % 2 else "/loop", headers=headers)

        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(get, range(48)))
        assert {(a.status_code, a.text) for a in answers} == {(200, '"user-1"')}
        refused = client.get("/threads", headers={"Authorization": f"Bearer {late}"})
        assert (refused.status_code, refused.json()["code"]) == (401, "EXPIRED")
        assert client.get("/loop").headers["www-authenticate"] == "Bearer"
    # One for the threads, one for the loop: neither more.
    assert issuer.hits[DISCOVERY] <= 2
    assert issuer.hits[KEYS] <= 2


@pytest.fixture
def issuer(served):
    """On loopback: other processes ask it."""
    return served
