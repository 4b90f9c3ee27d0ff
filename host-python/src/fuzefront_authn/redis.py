"""A store for the keys that replicas share, in Redis (with redis-py, or a client like it).

    Verifier(..., store=RedisStore(redis.Redis()))  # AsyncVerifier takes the same

Anyone who can write to that Redis decides whom you trust.
"""

from __future__ import annotations

import inspect
import secrets
from typing import Any, Optional, Protocol

from ._errors import PolicyError

__all__ = ["RedisStore"]

# A lock may have run out, and be another's by now: only the holder of the mark gives it back.
_UNLOCK = """
if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) end
return 0
"""


class RedisClient(Protocol):
    """The part of `redis.Redis` that is used."""

    def get(self, name: str) -> Any: ...
    def set(self, name: str, value: str, *, ex: int, nx: bool = False) -> Any: ...
    def eval(self, script: str, numkeys: int, *keys_and_args: str) -> Any: ...


class RedisStore:
    """A KeyStore; `client` is a `redis.Redis`. `prefix` stands before every key."""

    def __init__(self, client: RedisClient, *, prefix: str = "") -> None:
        if inspect.iscoroutinefunction(getattr(client, "execute_command", None)):
            message = "is an asynchronous Redis client; the store is called in a thread"
            raise PolicyError(message, path="/store")
        self._client = client
        self._prefix = prefix
        self._locks: dict[str, str] = {}

    def get(self, key: str) -> Optional[str]:
        """The value, None without one."""
        return _text(self._client.get(self._prefix + key))

    def put(self, key: str, value: str, ttl: int) -> None:
        """Keeps a value for `ttl` seconds."""
        self._client.set(self._prefix + key, value, ex=ttl)

    def lock(self, key: str, ttl: int) -> bool:
        """Whether the lock was free, and is now the caller's for `ttl` seconds."""
        mark = secrets.token_hex(16)
        locked = bool(self._client.set(self._prefix + key, mark, ex=ttl, nx=True))
        if locked:
            self._locks[key] = mark
        return locked

    def unlock(self, key: str) -> None:
        """Gives back a lock that `lock` gave, unless it has run out."""
        mark = self._locks.pop(key, None)
        if mark is not None:
            self._client.eval(_UNLOCK, 1, self._prefix + key, mark)


def _text(value: object) -> Optional[str]:
    if isinstance(value, bytes):
        # What is not UTF-8 is not a record: as text it is found out.
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else None
