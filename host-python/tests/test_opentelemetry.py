"""Events as metrics, read back with the real SDK."""

import inspect

import pytest

from fuzefront_authn import Verifier
from fuzefront_authn.opentelemetry import otel_listener

from .issuer import KEYS
from .minting import NOW, SigningKey, claims, key_set, signing_key

export = pytest.importorskip(
    "opentelemetry.sdk.metrics.export", reason="`pip install opentelemetry-sdk`"
)


@pytest.fixture
def meter():
    from opentelemetry.sdk.metrics import MeterProvider

    reader = export.InMemoryMetricReader()
    provider = MeterProvider([reader])
    yield provider.get_meter("test"), reader
    provider.shutdown()


def points(reader):
    """Each metric's points: attributes, and the count."""
    (resource,) = reader.get_metrics_data().resource_metrics
    (scope,) = resource.scope_metrics
    return {
        metric.name: [
            (dict(point.attributes), point.count if hasattr(point, "count") else point.value)
            for point in metric.data.data_points
        ]
        for metric in scope.metrics
    }


def test_every_event_is_counted_and_timed(meter, issuer, key, good):
    given, reader = meter
    now = [NOW]
    issuer.publish(key_set(key))
    options = {**issuer.options, "jwks_uri": issuer.keys_url, "clock": lambda: now[0]}
    with Verifier(**options, on_event=otel_listener(given)) as verifier:
        verifier.check(good)
        verifier.check(good)
        verifier.check(key.sign(claims(issuer.url, aud="other")))
        now[0] += 60
        new = signing_key("k2")
        issuer.publish(key_set(new))
        verifier.check(new.sign(claims(issuer.url)))
        now[0] += 60
        issuer.answer(KEYS, status=503)
        verifier.check(good)
    found = points(reader)
    named = {"issuer": issuer.url}
    document = {**named, "document": "key_set"}
    accepted = {"outcome": "accepted", "algorithm": "RS256"}
    rejected = {"outcome": "rejected", "code": "INVALID_AUDIENCE"}
    down = {"outcome": "unavailable", "code": "JWKS_UNAVAILABLE"}
    assert found == {
        "authn.verify": [(accepted, 3), (rejected, 1), (down, 1)],
        "authn.verify.duration": [
            ({"outcome": "accepted"}, 3),
            ({"outcome": "rejected"}, 1),
            ({"outcome": "unavailable"}, 1),
        ],
        "authn.keys.fetch": [
            ({**document, "outcome": "ok"}, 2),
            ({**document, "outcome": "failed", "reason": "http_503"}, 1),
        ],
        "authn.keys.fetch.duration": [
            ({**document, "outcome": "ok"}, 2),
            ({**document, "outcome": "failed"}, 1),
        ],
        "authn.keys.rotated": [(named, 1)],
        "authn.unknown_kid": [
            ({**named, "outcome": "fetching"}, 2),
            ({**named, "outcome": "unavailable"}, 1),
        ],
    }


def test_durations_are_seconds_in_fitting_buckets(meter, static, token):
    given, reader = meter
    static(on_event=otel_listener(given)).check(token)
    (resource,) = reader.get_metrics_data().resource_metrics
    metrics = {metric.name: metric for metric in resource.scope_metrics[0].metrics}
    duration = metrics["authn.verify.duration"]
    assert duration.unit == "s"
    (point,) = duration.data.data_points
    assert 0 < point.sum < 60
    advised = "explicit_bucket_boundaries_advisory"
    if advised in inspect.signature(given.create_histogram).parameters:
        assert point.explicit_bounds[0] == 0.0001


def test_no_label_holds_a_token_a_subject_or_a_key_id(meter, issuer, key):
    given, reader = meter
    marked = SigningKey("MARK-kid", key.private)
    issuer.publish(key_set(marked))
    now = [NOW]
    payload = claims(issuer.url, sub="MARK-sub", email="MARK-mail", jti="MARK-jti")
    good = marked.sign(payload)
    tokens = [
        good,
        signing_key("MARK-other").sign(payload),
        marked.sign(payload, alg="MARK-alg"),
        marked.sign(payload, typ="MARK-typ"),
        marked.sign({**payload, "aud": "MARK-aud"}),
        marked.sign({**payload, "iss": "https://MARK.example/"}),
        good[:-4] + "AAAA",
    ]
    options = {**issuer.options, "clock": lambda: now[0]}
    with Verifier(**options, on_event=otel_listener(given)) as verifier:
        for token in tokens * 2:
            verifier.check(token)
            now[0] += 35
    text = repr(points(reader))
    assert text.count("outcome") > 8
    assert "MARK" not in text
    assert not any(part in text for part in good.split("."))
