"""One Python replica: verifies one token with keys shared in Redis, and says how it went.

The task is JSON, in the first argument, as for the Node replica.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import redis

from fuzefront_authn import AsyncVerifier, Verifier
from fuzefront_authn.redis import RedisStore


def options(task: dict[str, Any], outcomes: list[str]) -> dict[str, Any]:
    def heard(event: Any) -> None:
        if event.type == "keys.fetch":
            outcomes.append(event.outcome)

    return {
        "issuer": task["options"]["issuer"],
        "audience": task["options"]["audience"],
        "jwks_uri": task["options"]["jwksUri"],
        "clock": lambda: float(task["now"]),
        "on_event": heard,
    }


def in_a_thread(task: dict[str, Any], outcomes: list[str]) -> bool:
    with redis.Redis(port=task["redis"]) as client:
        with Verifier(**options(task, outcomes), store=RedisStore(client)) as verifier:
            return verifier.check(task["token"]).ok


async def in_a_loop(task: dict[str, Any], outcomes: list[str]) -> bool:
    with redis.Redis(port=task["redis"]) as client:
        async with AsyncVerifier(**options(task, outcomes), store=RedisStore(client)) as verifier:
            return (await verifier.check(task["token"])).ok


task = json.loads(sys.argv[1])
outcomes: list[str] = []
ok = in_a_thread(task, outcomes) if task["sync"] else asyncio.run(in_a_loop(task, outcomes))
print(json.dumps({"ok": ok, "outcomes": outcomes}))
