import pytest

from fuzefront_authn import PolicyError, Verifier

from .conftest import ISSUER
from .minting import AUDIENCE, NOW, claims, hs256, key_set

SECRET = b"a secret of the old sessions, 32+"


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, "/issuers/0/issuer"),
        ({"issuer": ISSUER}, "/issuers/0/audience"),
        ({"audience": AUDIENCE}, "/issuers/0/issuer"),
        ({"issuer": ISSUER, "audience": None}, "/issuers/0/audience"),
        ({"issuer": None, "audience": AUDIENCE}, "/issuers/0/issuer"),
        ({"issuer": ISSUER, "audience": AUDIENCE, "leeway": 301}, "/issuers/0/leeway"),
        ({"issuer": ISSUER, "audience": AUDIENCE, "algorithms": ["HS256"]}, None),
        ({"issuer": ISSUER, "audience": AUDIENCE, "algorithms": {"none"}}, None),
        ({"issuer": ISSUER, "audience": AUDIENCE, "max_age": float("nan")}, "/issuers/0/max_age"),
        ({"issuer": ISSUER, "audience": AUDIENCE, "jwks_uri": "http://far.example/jwks"}, None),
        ({"issuer": ISSUER, "audience": AUDIENCE, "keys": {"keys": [{1: 2}]}}, None),
        ({"issuer": ISSUER, "audience": object()}, "/issuers/0/audience"),
        ({"issuers": []}, "/issuers"),
        ({"issuers": {"issuer": ISSUER}}, "/issuers"),
        ({"issuers": ["x"]}, "/issuers/0"),
        ({"issuers": [{"issuer": ISSUER, "audience": "a", "audienc": "b"}]}, "/issuers/0/audienc"),
        ({"issuers": [{"issuer": ISSUER, "audience": "a"}], "leeway": 5}, "/leeway"),
        ({"issuers": [{"issuer": None, "audience": None, "mode": "legacy-hs256"}]}, None),
        (
            {"issuers": [{"issuer": None, "audience": None, "mode": "legacy-hs256", "secret": 7}]},
            "/issuers/0/secret",
        ),
        (
            {"issuers": [{"issuer": "x", "audience": "y", "mode": "legacy-hs256", "secret": b"s"}]},
            "/issuers/0/secret",
        ),
    ],
)
def test_refused_options_name_their_place(options, path):
    with pytest.raises(PolicyError) as caught:
        Verifier(**options)
    assert caught.value.code == "INVALID_POLICY"
    if path is not None:
        assert caught.value.path == path
    assert caught.value.path in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_option_is_a_type_error():
    with pytest.raises(TypeError, match="audiense"):
        Verifier(issuer=ISSUER, audiense=AUDIENCE)


def test_a_policy_too_large_for_the_module_is_refused():
    with pytest.raises(PolicyError, match="too large"):
        Verifier(issuer=ISSUER, audience="x" * 600_000)


def test_a_secret_never_shows(static):
    with pytest.raises(PolicyError) as caught:
        Verifier(
            issuers=[{"issuer": "x", "audience": "y", "secret": SECRET, "mode": "legacy-hs256"}],
            insecure_hosts=["::"],
            clock=None,
            leeway=3,
        )
    assert SECRET.decode() not in str(caught.value)


def test_the_fingerprint_is_of_the_meaning_not_of_the_spelling(key):
    one = Verifier(issuer=ISSUER, audience={"a", "b"}, keys=key_set(key))
    two = Verifier(issuers=[{"audience": ("b", "a"), "issuer": [ISSUER], "keys": key_set(key)}])
    other = Verifier(issuer=ISSUER, audience=["a"], keys=key_set(key))
    assert one.fingerprint == two.fingerprint != other.fingerprint
    assert len(one.fingerprint) == 64


@pytest.mark.parametrize("secret", [SECRET, SECRET.decode(), bytearray(SECRET)])
def test_a_legacy_entry_beside_a_federated_one(key, secret):
    token = hs256({"userId": "u-7", "iat": NOW, "exp": NOW + 60}, SECRET)
    alone = Verifier(
        issuer=None, audience=None, mode="legacy-hs256", secret=secret, clock=lambda: NOW
    )
    assert alone.verify(token).user_id == "u-7"
    verifier = Verifier(
        issuers=[
            {"issuer": ISSUER, "audience": AUDIENCE, "keys": key_set(key)},
            {"mode": "legacy-hs256", "issuer": None, "audience": None, "secret": secret},
        ],
        clock=lambda: NOW,
    )
    old = verifier.verify(token)
    assert (old.user_id, old.auth_mode, old.issuer) == ("u-7", "legacy-hs256", None)
    assert verifier.verify(key.sign(claims(ISSUER))).auth_mode == "federated-jwks"
    # Neither a federated issuer's name nor its public key opens the legacy door.
    forged = verifier.check(hs256(claims(ISSUER), SECRET))
    assert not forged.ok
    assert forged.error.code == "ALGORITHM_NOT_ALLOWED"
