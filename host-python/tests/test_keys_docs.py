"""The Python examples of docs/keys.md, run as they stand: what is shown must work."""

import asyncio
import json
import re
from pathlib import Path

import certifi
import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from fuzefront_authn import Health, Verifier

from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, key_set
from .redis_server import running_redis


@pytest.fixture
def issuer(served):
    """On loopback: other processes ask it."""
    return served


TEXT = (Path(__file__).resolve().parents[2] / "docs" / "keys.md").read_text("utf-8")
CLIENT, PROBE, METRICS, SNAPSHOT, STORE, *MORE = re.findall(
    r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE
)


def run(example, **names):
    """What the example leaves behind."""
    exec(compile(example, "keys.md", "exec"), names)  # noqa: S102
    return names


@pytest.fixture
def options(issuer, key):
    issuer.publish(key_set(key))
    return {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}


def test_there_is_no_example_that_is_not_run_here():
    assert MORE == []


def test_the_client_of_the_example_is_used():
    left = run(CLIENT, ca_file=certifi.where(), api_key="k")
    assert left["http_client"].headers["x-api-key"] == "k"
    assert left["verifier"]._keys.client is left["http_client"]
    left["http_client"].close()


def test_the_probe_of_the_example_answers_by_the_health(options):
    app = FastAPI()
    verifier = Verifier(**options)
    run(PROBE, app=app, verifier=verifier, Response=Response, Health=Health)
    with TestClient(app) as client:
        before = client.get("/ready")
        assert (before.status_code, before.json()["status"]) == (503, "not_ready")
        verifier.ready()
        after = client.get("/ready")
        assert (after.status_code, after.json()["status"]) == (200, "ready")


def test_the_listener_of_the_example_is_one(options, good):
    pytest.importorskip("opentelemetry", reason="`pip install opentelemetry-sdk`")
    assert Verifier(**options, on_event=run(METRICS)["on_event"]).check(good).ok


def test_the_snapshot_of_the_example_goes_through_a_file(
    options, good, issuer, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    verifier = Verifier(**options)
    verifier.ready()
    names = {"verifier": verifier, "Verifier": Verifier, "options": options}
    left = run(SNAPSHOT, **names, json=json, Path=Path)
    assert left["next_verifier"].check(good).ok
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_the_store_of_the_example_shares_and_does_not_need_redis(options, good, issuer, tmp_path):
    pytest.importorskip("redis", reason="redis-py is not installed: `pip install redis`")

    async def check(url):
        left = run(STORE, options=options, redis_url=url)
        async with left["verifier"]:
            assert (await left["verifier"].check(good)).ok

    with running_redis(tmp_path) as server:
        for _ in range(2):
            asyncio.run(check(server.url))
        assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    asyncio.run(check(server.url))
    assert issuer.hits == {DISCOVERY: 2, KEYS: 2}
