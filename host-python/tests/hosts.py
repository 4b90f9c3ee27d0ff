"""The sync and the async verifier behind one face, for tests that hold of both."""

from __future__ import annotations

import asyncio

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

    def _ask(self, method, key):
        self.asked.append((method, key))
        if self.fault is not None:
            self.fault(method)


class Asynchronous:
    """A store, awaited."""

    def __init__(self, store):
        self.store = store

    async def get(self, key):
        return self.store.get(key)

    async def put(self, key, value, ttl):
        return self.store.put(key, value, ttl)

    async def lock(self, key, ttl):
        return self.store.lock(key, ttl)

    async def unlock(self, key):
        return self.store.unlock(key)


class Blocking:
    """The sync verifier, as the tests here drive both."""

    def __init__(self, **options):
        self.verifier = Verifier(**options)

    def check(self, token):
        return self.verifier.check(token)

    def check_authorization(self, value):
        return self.verifier.check_authorization(value)

    def ready(self):
        return self.verifier.ready()

    def settle(self):
        """Waits for what goes on in the background."""
        fetcher = self.verifier._fetcher
        for chain in list(fetcher._chains.values()):
            assert chain.done.wait(10)
        for tail in list(fetcher._tails):
            tail.join(10)

    def close(self):
        self.verifier.close()


class Awaiting:
    """The async verifier in a loop of its own."""

    def __init__(self, **options):
        self.loop = asyncio.new_event_loop()
        if isinstance(options.get("store"), MemoryStore):
            options["store"] = Asynchronous(options["store"])
        self.verifier = AsyncVerifier(**options)

    def run(self, coroutine):
        return self.loop.run_until_complete(asyncio.wait_for(coroutine, 20))

    def check(self, token):
        return self.run(self.verifier.check(token))

    def check_authorization(self, value):
        return self.run(self.verifier.check_authorization(value))

    def ready(self):
        return self.run(self.verifier.ready())

    def settle(self):
        async def settle():
            fetcher = self.verifier._fetcher
            chains = fetcher._chains.get(asyncio.get_running_loop(), {})
            await asyncio.gather(*chains.values())
            await asyncio.gather(*fetcher._tails)

        self.run(settle())

    def close(self):
        if self.loop.is_closed():
            return
        self.run(self.verifier.close())
        self.run(self.loop.shutdown_default_executor())
        self.loop.close()
