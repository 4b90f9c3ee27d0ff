"""The sync and the async verifier behind one face, for tests that hold of both."""

from __future__ import annotations

import asyncio

from fuzefront_authn import AsyncVerifier, Verifier


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
        for chain in list(self.verifier._fetcher._chains.values()):
            assert chain.done.wait(10)

    def close(self):
        self.verifier.close()


class Awaiting:
    """The async verifier in a loop of its own."""

    def __init__(self, **options):
        self.loop = asyncio.new_event_loop()
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
            chains = self.verifier._fetcher._chains.get(asyncio.get_running_loop(), {})
            await asyncio.gather(*chains.values())

        self.run(settle())

    def close(self):
        self.run(self.verifier.close())
        self.run(self.loop.shutdown_default_executor())
        self.loop.close()
