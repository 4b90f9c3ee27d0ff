from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

import pytest

from fuzefront_authn import Verifier
from fuzefront_authn._engine import Broken, Instance, Module

from .hosts import Awaiting, Blocking
from .issuer import Issuer, running_issuer
from .minting import AUDIENCE, NOW, SigningKey, claims, key_set, signing_key

ISSUER = "https://id.example/"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as running:
        yield running


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return signing_key("k1")


@pytest.fixture
def good(issuer: Issuer, key: SigningKey) -> str:
    """A token of the running issuer that is good at `NOW`."""
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


@pytest.fixture
def token(key: SigningKey) -> str:
    return key.sign(claims(ISSUER))


@pytest.fixture(params=[Blocking, Awaiting])
def make(request, issuer, key):
    made = []
    issuer.publish(key_set(key))

    def make(**options):
        usual = {"clock": lambda: NOW}
        if "issuers" not in options:
            usual.update(issuer=issuer.url, audience=AUDIENCE)
        made.append(request.param(**{**usual, **options}))
        return made[-1]

    yield make
    issuer.gate.set()
    for host in made:
        host.close()


class TrappingModule(Module):
    """The real module, whose instances trap when `trap` says so of an export and its message."""

    def __init__(self, wasm: bytes) -> None:
        super().__init__(wasm)
        self.trap: Callable[[str, bytes], bool] = lambda export, data: False
        self.made = 0

    def instance(self) -> Instance:
        self.made += 1
        module = self

        class Trapping(Instance):
            broken = False

            def call(self, export: str, *arguments: float, data: Any = None) -> bytes:
                assert not self.broken, "a broken instance was used again"
                if module.trap(export, data or b""):
                    self.broken = True
                    raise Broken("trapped")
                return super().call(export, *arguments, data=data)

        return Trapping(self)


@pytest.fixture
def trapping(monkeypatch: pytest.MonkeyPatch) -> TrappingModule:
    """The module every new verifier of this test uses."""
    from fuzefront_authn import _engine

    module = TrappingModule(_engine._read_wasm())
    monkeypatch.setattr(_engine, "shared_module", lambda: module)
    return module
