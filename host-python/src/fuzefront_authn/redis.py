"""A store for the keys that replicas share, in Redis (with redis-py, or a client like it).

    Verifier(..., store=RedisStore(redis.Redis()))
    AsyncVerifier(..., store=AsyncRedisStore(redis.asyncio.Redis()))

Whoever can write to that Redis decides whom you trust.
"""

from __future__ import annotations

import inspect
import secrets
from typing import Any, Optional, Protocol

from ._errors import PolicyError

__all__ = ["AsyncRedisStore", "RedisStore"]

# A lock is given back by whoever has it: it may have run out, and be another's by now.
_UNLOCK = """
if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end
return 0
"""


class RedisClient(Protocol):
    """The part of `redis.Redis` that is used."""

    def get(self, name: str) -> Any: ...
    def set(self, name: str, value: str, *, ex: int, nx: bool = False) -> Any: ...
    def eval(self, script: str, numkeys: int, *keys_and_args: str) -> Any: ...


class _Names:
    """What both stores know: the names in Redis, and the locks they have."""

    def __init__(self, client: RedisClient, prefix: str, *, asynchronous: bool) -> None:
        if (
            inspect.iscoroutinefunction(getattr(client, "execute_command", None))
            is not asynchronous
        ):
            kind = "an asynchronous" if asynchronous else "a synchronous"
            raise PolicyError(f"is not {kind} Redis client", path="/store")
        self._client = client
        self._prefix = prefix
        self._locks: dict[str, str] = {}

    def _name(self, key: str) -> str:
        return self._prefix + key


class RedisStore(_Names):
    """For a `Verifier`; `client` is a `redis.Redis`. `prefix` stands before every key."""

    def __init__(self, client: RedisClient, *, prefix: str = "") -> None:
        super().__init__(client, prefix, asynchronous=False)

    def get(self, key: str) -> Optional[str]:
        """The value, None without one."""
        return _text(self._client.get(self._name(key)))

    def put(self, key: str, value: str, ttl: int) -> None:
        """Keeps a value for `ttl` seconds."""
        self._client.set(self._name(key), value, ex=ttl)

    def lock(self, key: str, ttl: int) -> bool:
        """Whether the lock was free, and is now the caller's for `ttl` seconds."""
        mark = secrets.token_hex(16)
        locked = bool(self._client.set(self._name(key), mark, ex=ttl, nx=True))
        if locked:
            self._locks[key] = mark
        return locked

    def unlock(self, key: str) -> None:
        """Gives back a lock that `lock` gave, unless it has run out."""
        mark = self._locks.pop(key, None)
        if mark is not None:
            self._client.eval(_UNLOCK, 1, self._name(key), mark)


class AsyncRedisStore(_Names):
    """The same for an `AsyncVerifier`; `client` is a `redis.asyncio.Redis`."""

    def __init__(self, client: RedisClient, *, prefix: str = "") -> None:
        super().__init__(client, prefix, asynchronous=True)

    async def get(self, key: str) -> Optional[str]:
        """The value, None without one."""
        return _text(await self._client.get(self._name(key)))

    async def put(self, key: str, value: str, ttl: int) -> None:
        """Keeps a value for `ttl` seconds."""
        await self._client.set(self._name(key), value, ex=ttl)

    async def lock(self, key: str, ttl: int) -> bool:
        """Whether the lock was free, and is now the caller's for `ttl` seconds."""
        mark = secrets.token_hex(16)
        locked = bool(await self._client.set(self._name(key), mark, ex=ttl, nx=True))
        if locked:
            self._locks[key] = mark
        return locked

    async def unlock(self, key: str) -> None:
        """Gives back a lock that `lock` gave, unless it has run out."""
        mark = self._locks.pop(key, None)
        if mark is not None:
            await self._client.eval(_UNLOCK, 1, self._name(key), mark)


def _text(value: object) -> Optional[str]:
    if isinstance(value, bytes):
        # What is no UTF-8 is no entry: as text it is found out.
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else None
