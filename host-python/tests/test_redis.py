"""Keys shared over a real redis-server: one fetch for a fleet, and what its faults cost."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzefront_authn import PolicyError, Verifier
from fuzefront_authn.redis import RedisStore

from .hosts import settle
from .issuer import DISCOVERY, KEYS
from .minting import AUDIENCE, NOW, key_set
from .redis_server import running_redis

redis = pytest.importorskip("redis", reason="redis-py is not installed: `pip install redis`")

SOURCES = Path(__file__).resolve().parents[1] / "src"
REPLICA = """
import asyncio, sys
import redis
from fuzefront_authn import AsyncVerifier, Verifier
from fuzefront_authn.redis import RedisStore

kind, url, issuer, audience, now, token = sys.argv[1:]
options = dict(issuer=issuer, audience=audience, clock=lambda: float(now))

def sync():
    with redis.Redis.from_url(url) as client:
        with Verifier(**options, store=RedisStore(client)) as verifier:
            start()
            return verifier.check(token).ok

async def asynchronous():
    with redis.Redis.from_url(url) as client:
        async with AsyncVerifier(**options, store=RedisStore(client)) as verifier:
            start()
            return (await verifier.check(token)).ok

def start():
    print("ready", flush=True)
    sys.stdin.readline()

print(sync() if kind == "sync" else asyncio.run(asynchronous()), flush=True)
"""


@pytest.fixture
def server(tmp_path):
    with running_redis(tmp_path) as running:
        yield running


@pytest.fixture
def client(server):
    with redis.Redis.from_url(server.url) as client:
        yield client


@pytest.fixture
def options(issuer, key):
    issuer.publish(key_set(key))
    return {"issuer": issuer.url, "audience": AUDIENCE, "clock": lambda: NOW}


def test_eight_cold_processes_make_one_fetch(server, client, options, issuer, good):
    replicas = []
    for i in range(8):
        kind = "sync" if i % 2 else "async"
        given = [kind, server.url, issuer.url, AUDIENCE, str(NOW), good]
        replicas.append(
            subprocess.Popen(
                [sys.executable, "-c", REPLICA, *given],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(SOURCES)},
            )
        )
    try:
        assert [replica.stdout.readline() for replica in replicas] == ["ready\n"] * 8
        for replica in replicas:
            replica.stdin.write("\n")
            replica.stdin.flush()
        assert [replica.communicate(timeout=60)[0] for replica in replicas] == ["True\n"] * 8
    finally:
        for replica in replicas:
            replica.kill()
            replica.communicate()
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}
    (name,) = client.keys("*")
    assert name.startswith(b"fuzefront-authn:2:keys:")
    assert 200 < client.ttl(name) <= 300


def test_locks_are_exclusive_run_out_and_belong_to_whoever_has_them(client):
    one, other = RedisStore(client, prefix="app:"), RedisStore(client, prefix="app:")
    assert one.lock("l", 5)
    assert not other.lock("l", 5)
    assert 0 < client.ttl("app:l") <= 5
    other.unlock("l")
    assert client.exists("app:l")
    client.set("app:l", "of another, since mine ran out")
    one.unlock("l")
    assert client.exists("app:l")
    client.delete("app:l")
    assert other.lock("l", 5)
    other.unlock("l")
    assert not client.exists("app:l")
    assert one.get("nothing") is None
    client.set("app:poison", b"\xff")
    assert one.get("poison") == "\ufffd"


def test_a_client_that_decodes_will_do(server, options, good, issuer):
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        for _ in range(2):
            with Verifier(**options, store=RedisStore(client, prefix="app:")) as verifier:
                assert verifier.check(good).ok
        assert [name[:24] for name in client.keys("*")] == ["app:fuzefront-authn:2:ke"]
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_redis_that_was_never_there(tmp_path, options, good, issuer):
    with running_redis(tmp_path) as server:
        pass
    heard = []
    with redis.Redis.from_url(server.url) as client:
        options["on_event"] = heard.append
        with Verifier(**options, store=RedisStore(client)) as verifier:
            assert verifier.check(good).ok
    assert [event.outcome for event in heard if event.type == "keys.store"] == ["failed"]
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_a_redis_that_goes_away_while_in_use(server, client, options, good, issuer):
    now = [NOW]
    options["clock"] = lambda: now[0]
    heard = []
    with Verifier(**options, store=RedisStore(client), on_event=heard.append) as verifier:
        assert verifier.check(good).ok
        settle(verifier)
        server.stop()
        now[0] += 1300
        assert verifier.check(good).keys.state == "fresh"
    assert [event.outcome for event in heard if event.type == "keys.store"] == ["failed"]
    assert issuer.hits[KEYS] == 2


def test_a_redis_that_is_stopped_in_its_tracks(server, client, options, good, issuer):
    store = RedisStore(client)
    assert store.get("warm") is None
    server.pause()
    heard = []
    try:
        with Verifier(**options, store=store, on_event=heard.append) as verifier:
            assert verifier.check(good).ok
    finally:
        server.go_on()
    assert [event.reason for event in heard if event.type == "keys.store"] == ["timeout"]
    assert issuer.hits == {DISCOVERY: 1, KEYS: 1}


def test_an_asynchronous_client_is_refused():
    async def main():
        async with redis.asyncio.Redis() as client:
            with pytest.raises(PolicyError, match="is an asynchronous Redis client"):
                RedisStore(client)

    asyncio.run(main())


@pytest.fixture
def issuer(served):
    """On loopback: other processes ask it."""
    return served
