"""The sync and the async verifier behind one face, for tests that hold of both."""

from __future__ import annotations

import asyncio
import threading
import time

from fuzefront_authn import AsyncVerifier, Verifier


class MemoryStore:
    """A store in this process; `asked` keeps the calls. The time to live is kept, and ignored."""

    def __init__(self):
        self.values = {}
        self.lives = {}
        self.asked = []
        self.fault = None

    def get(self, key):
        self._ask("get", key)
        return self.values.get(key)

    def put(self, key, value, ttl):
        self._ask("put", key)
        self.values[key], self.lives[key] = value, ttl

    def lock(self, key, ttl):
        self._ask("lock", key)
        self.lives[key] = ttl
        mark = object()
        return self.values.setdefault(key, mark) is mark

    def unlock(self, key):
        self._ask("unlock", key)
        del self.values[key]

    def methods(self):
        """What was asked, without the names."""
        return [method for method, _ in self.asked]

    def _ask(self, method, key):
        self.asked.append((method, key))
        if self.fault is not None:
            self.fault(method)


def settle(verifier):
    """Until all that was asked of the background is done, and no conversation is open."""
    end = time.monotonic() + 20
    done = threading.Event()
    verifier._keys.background.post(done.set)
    assert done.wait(20)
    while verifier._keys._open:
        assert time.monotonic() < end, "a conversation did not end"
        time.sleep(0.001)


class Host:
    """What both faces have: what goes on in the background is the same for both."""

    def settle(self):
        settle(self.verifier)


class Blocking(Host):
    """The sync verifier, as the tests here drive both."""

    def __init__(self, **options):
        self.verifier = Verifier(**options)
        self.check = self.verifier.check
        self.check_authorization = self.verifier.check_authorization
        self.ready = self.verifier.ready
        self.explain = self.verifier.explain
        self.close = self.verifier.close


class Awaiting(Host):
    """The async verifier in a loop of its own."""

    def __init__(self, **options):
        self.verifier = AsyncVerifier(**options)
        self.loop = asyncio.new_event_loop()

    def run(self, coroutine):
        return self.loop.run_until_complete(asyncio.wait_for(coroutine, 20))

    def check(self, token):
        return self.run(self.verifier.check(token))

    def check_authorization(self, value):
        return self.run(self.verifier.check_authorization(value))

    def ready(self):
        return self.run(self.verifier.ready())

    def explain(self, token, **options):
        return self.run(self.verifier.explain(token, **options))

    def close(self):
        if not self.loop.is_closed():
            self.run(self.verifier.close())
            self.loop.close()
