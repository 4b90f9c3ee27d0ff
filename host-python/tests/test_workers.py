"""Worker processes of gunicorn and uvicorn: each fetches once; with a store, once in all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from .issuer import DISCOVERY, KEYS, Issuer
from .minting import AUDIENCE, claims, key_set, signing_key
from .redis_server import running_redis

pytestmark = pytest.mark.skipif(os.name == "nt", reason="gunicorn needs fork")

SOURCES = Path(__file__).resolve().parents[1] / "src"
OPTIONS = f"""
import os
import redis
from fuzefront_authn import AsyncVerifier, Verifier
from fuzefront_authn.redis import RedisStore

options = dict(issuer=os.environ["ISSUER"], audience="{AUDIENCE}")
url = os.environ.get("REDIS")
"""
WSGI = f"""{OPTIONS}
if url:
    options["store"] = RedisStore(redis.Redis.from_url(url))
verifier = Verifier(**options)

def app(environ, start_response):
    result = verifier.check_authorization(environ.get("HTTP_AUTHORIZATION"))
    start_response("200 OK" if result.ok else "503 Down", [("X-Process", str(os.getpid()))])
    return [b""]
"""
ASGI = f"""{OPTIONS}
if url:
    options["store"] = RedisStore(redis.Redis.from_url(url))
verifier = AsyncVerifier(**options)

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    value = dict(scope["headers"])[b"authorization"].decode()
    result = await verifier.check_authorization(value)
    headers = [(b"x-process", str(os.getpid()).encode())]
    status = 200 if result.ok else 503
    await send({{"type": "http.response.start", "status": status, "headers": headers}})
    await send({{"type": "http.response.body", "body": b""}})
"""
SERVERS = {
    "gunicorn": (WSGI, ["gunicorn", "--workers=2", "--threads=4", "--bind=127.0.0.1:{port}"]),
    "gunicorn, loaded before the fork": (
        WSGI,
        ["gunicorn", "--preload", "--workers=2", "--threads=4", "--bind=127.0.0.1:{port}"],
    ),
    "uvicorn": (ASGI, ["uvicorn", "--workers=2", "--host=127.0.0.1", "--port={port}"]),
}


@contextmanager
def serving(name: str, folder: Path, issuer: Issuer, **more: str) -> Iterator[str]:
    """Two workers of a server, until the end of the block; its address."""
    source, arguments = SERVERS[name]
    (folder / "served.py").write_text(source)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    arguments = [argument.format(port=port) for argument in arguments]
    command = [sys.executable, "-m", *arguments, "served:app"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "ISSUER": issuer.url, **more}
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stderr=output)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def ask_both(url: str, token: str) -> set[str]:
    """Asks until both workers have answered; their processes."""
    seen: set[str] = set()

    def ask(_: int) -> None:
        # A connection of its own: any of the workers may take it.
        try:
            headers = {"Authorization": f"Bearer {token}"}
            answer = httpx.get(url, headers=headers, timeout=20)
        except httpx.TransportError:
            return  # it is still starting
        assert answer.status_code == 200, answer.status_code
        seen.add(answer.headers["x-process"])

    deadline = time.monotonic() + 60
    with ThreadPoolExecutor(8) as pool:
        while len(seen) < 2:
            assert time.monotonic() < deadline, seen
            list(pool.map(ask, range(16)))
    return seen


@pytest.fixture
def token(issuer: Issuer) -> str:
    issuer.publish(key_set(signing_key("k1")))
    return signing_key("k1").sign(claims(issuer.url, now=time.time()))


@pytest.mark.parametrize("name", SERVERS)
def test_each_of_two_workers_fetches_once(
    name: str, issuer: Issuer, tmp_path: Path, token: str
) -> None:
    with serving(name, tmp_path, issuer) as url:
        assert len(ask_both(url, token)) == 2
    assert issuer.hits == {DISCOVERY: 2, KEYS: 2}


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    with running_redis(tmp_path) as server:
        yield server.url


@pytest.mark.parametrize("name", SERVERS)
def test_with_a_store_two_workers_fetch_once_in_all(
    name: str, issuer: Issuer, tmp_path: Path, token: str, redis_url: str
) -> None:
    with serving(name, tmp_path, issuer, REDIS=redis_url) as url:
        assert len(ask_both(url, token)) == 2
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


@pytest.fixture
def issuer(served):
    """On loopback: other processes ask it."""
    return served
