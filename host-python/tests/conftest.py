from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any, Callable

import pytest

from fuzefront_authn import Verifier, _engine, _verifier
from fuzefront_authn._background import Background
from fuzefront_authn._engine import Broken, Instance, Module
from fuzefront_authn._http import Requests

from .hosts import Awaiting, Blocking
from .issuer import Issuer, serving
from .minting import AUDIENCE, NOW, SigningKey, claims, key_set, signing_key

ISSUER = "https://id.example/"
SECONDS = 20
"""How long a test waits for what must happen: far more than it takes on a busy machine."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Without a network."""
    issuer = Issuer(ISSUER)
    yield issuer
    issuer.gate.set()


@pytest.fixture
def served() -> Iterator[Issuer]:
    """On loopback."""
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return signing_key("k1")


@pytest.fixture
def token(key: SigningKey) -> str:
    """A token that is good at `NOW`, for `static` and for an issuer without a network."""
    return key.sign(claims(ISSUER))


@pytest.fixture
def good(issuer: Issuer, key: SigningKey) -> str:
    """A token of the issuer that is good at `NOW`."""
    return key.sign(claims(issuer.url))


@pytest.fixture
def static(key: SigningKey) -> Callable[..., Verifier]:
    """Makes a verifier with fixed keys and a fixed clock."""

    def make(**options: Any) -> Verifier:
        usual = {
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "keys": key_set(key),
            "clock": lambda: NOW,
        }
        return Verifier(**{**usual, **options})

    return make


@pytest.fixture(params=[Blocking, Awaiting])
def make(request, issuer, key):
    """Makes hosts of both kinds that ask `issuer`, which publishes `key`."""
    made = []
    issuer.publish(key_set(key))

    def make(**options):
        usual = issuer.options
        if "issuers" in options:
            del usual["issuer"], usual["audience"]
        made.append(request.param(**{**usual, **options}))
        return made[-1]

    yield make
    issuer.gate.set()
    for host in made:
        host.close()


class Counting(Background):
    """Knows how many calls that may hang are under way."""

    calls = 0

    def call(self, seconds: float, function: Any, done: Any) -> Any:
        def over(result: Any) -> None:
            self.calls -= 1
            done(result)

        self.calls += 1
        return super().call(seconds, function, over)


class Time:
    """Passes when a test says so: for clocks of verifiers, and for the background."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.background = Counting(lambda: self.passed)

    def clock(self) -> float:
        return NOW + self.passed

    def go(self, seconds: float) -> None:
        """That later; what is due by then is begun."""
        self.barrier()
        self.passed += seconds
        self.background.post(lambda: None)  # it looks at its timers again
        self.barrier()

    def idle(self) -> None:
        """Until the background waits for nothing but its timers."""

        def waits() -> bool:
            self.barrier()
            return self.background.calls == 0

        until(waits)

    def barrier(self) -> None:
        """Until what was posted so far is done."""
        done = threading.Event()
        assert self.background.post(done.set)
        assert done.wait(SECONDS)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Time for verifiers made in this test."""
    time = Time()
    monkeypatch.setattr(_verifier, "background", time.background)
    monkeypatch.setattr(_verifier, "requests", Requests(time.background))
    return time


def until(done: Callable[[], object]) -> None:
    """Waits until it is true."""
    end = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.001)


class TrappingModule(Module):
    """The real module, whose instances trap when `trap` says so of an operation and payload."""

    def __init__(self, real: Module) -> None:
        self.digest, self.engine, self.compiled = real.digest, real.engine, real.compiled
        self.trap: Callable[[int, bytes], bool] = lambda operation, payload: False
        self.made = 0

    def instance(self) -> Instance:
        self.made += 1
        module = self

        class Trapping(Instance):
            broken = False

            def call(self, operation: int, payload: bytes = b"", **members: Any) -> bytes:
                assert not self.broken, "a broken instance was used again"
                if module.trap(operation, payload):
                    self.broken = True
                    raise Broken("trapped")
                return super().call(operation, payload, **members)

        return Trapping(self)


@pytest.fixture
def trapping(monkeypatch: pytest.MonkeyPatch) -> TrappingModule:
    """The module every new verifier of this test uses."""
    module = TrappingModule(_engine.shared_module())
    monkeypatch.setattr(_engine, "shared_module", lambda: module)
    return module
