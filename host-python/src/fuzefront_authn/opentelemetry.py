"""Events as metrics of OpenTelemetry.

    Verifier(..., on_event=otel_listener(metrics.get_meter("my-app")))

It uses the meter it is given and imports nothing.
"""

from __future__ import annotations

from typing import Any, Optional, Protocol

from ._events import (
    AuthEvent,
    EventListener,
    KeyFetchEvent,
    KeysRotatedEvent,
    UnknownKidEvent,
    VerifyEvent,
)

__all__ = ["otel_listener"]


class Meter(Protocol):
    """The part of `opentelemetry.metrics.Meter` that is used."""

    def create_counter(self, name: str, unit: str = "", description: str = "") -> Any: ...
    def create_histogram(self, name: str, unit: str = "", description: str = "") -> Any: ...


def otel_listener(meter: Meter) -> EventListener:
    """The option `on_event` of a verifier. No attribute holds a token, a subject or a key id."""
    verify = meter.create_counter("authn.verify", description="checks of tokens")
    verify_time = _seconds(meter, "authn.verify.duration", "how long a check took")
    fetches = meter.create_counter("authn.keys.fetch", description="fetches of key documents")
    fetch_time = _seconds(meter, "authn.keys.fetch.duration", "how long a fetch took")
    rotated = meter.create_counter(
        "authn.keys.rotated", description="key sets that replaced another one"
    )
    unknown_kid = meter.create_counter(
        "authn.unknown_kid", description="tokens whose key is not in the set"
    )

    def listen(event: AuthEvent) -> None:
        if isinstance(event, VerifyEvent):
            outcome = event.outcome
            verify.add(1, _given(outcome=outcome, code=event.code, algorithm=event.algorithm))
            verify_time.record(event.duration, {"outcome": outcome})
        elif isinstance(event, KeyFetchEvent):
            named = {
                "issuer": event.issuer,
                "document": event.document,
                "outcome": event.outcome,
            }
            fetches.add(1, _given(**named, reason=event.reason))
            fetch_time.record(event.duration, named)
        elif isinstance(event, KeysRotatedEvent):
            rotated.add(1, {"issuer": event.issuer})
        elif isinstance(event, UnknownKidEvent):
            unknown_kid.add(1, {"issuer": event.issuer, "outcome": event.outcome})
        # States are better read from `health()` than counted.

    return listen


# The default buckets are for milliseconds.
_BUCKETS = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025),
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


def _seconds(meter: Any, name: str, description: str) -> Any:
    try:
        return meter.create_histogram(
            name, "s", description, explicit_bucket_boundaries_advisory=_BUCKETS
        )
    except TypeError:  # before opentelemetry-api 1.30
        return meter.create_histogram(name, "s", description)


def _given(**attributes: Optional[str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value is not None}
