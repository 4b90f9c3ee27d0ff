import asyncio
import dataclasses

import pytest

from fuzefront_authn import Accepted, AsyncVerifier, AuthError, Identity, PolicyError, Rejected

from .conftest import ISSUER
from .minting import AUDIENCE, NOW, claims, key_set, signing_key


def code(result):
    assert isinstance(result, Rejected)
    return result.error.code


def test_a_good_token_gives_its_identity(static, token):
    identity = static().verify(token)
    assert identity == Identity(
        user_id="user-1",
        auth_mode="federated-jwks",
        expires_at=NOW + 3600,
        issued_at=NOW,
        issuer=ISSUER,
        claims=claims(ISSUER),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"exp": NOW - 60}, "EXPIRED"),
        ({"nbf": NOW + 61}, "NOT_ACTIVE"),
        ({"iss": "https://other.example/"}, "INVALID_ISSUER"),
        ({"iss": ISSUER.rstrip("/")}, "INVALID_ISSUER"),
        ({"aud": "fuzefront-oidc-client"}, "INVALID_AUDIENCE"),
        ({"sub": ""}, "MISSING_CLAIM"),
        ({"exp": "soon"}, "INVALID_CLAIM"),
    ],
)
def test_a_bad_claim_is_refused_by_code(static, key, changes, expected):
    verifier, token = static(), key.sign(claims(ISSUER, **changes))
    assert code(verifier.check(token)) == expected
    with pytest.raises(AuthError) as caught:
        verifier.verify(token)
    assert caught.value.code == expected
    assert caught.value.status == 401


def test_a_forged_token_is_refused_and_shows_nothing_of_itself(static, token):
    header, payload, signature = token.split(".")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    error = static().check(f"{header}.{payload}.{flipped}").error
    assert error.code == "INVALID_SIGNATURE"
    assert "user-1" not in str(error.details)


def test_an_unknown_key_of_fixed_keys_is_the_token_s_fault(static):
    other = signing_key("k2").sign(claims(ISSUER))
    assert code(static().check(other)) == "UNKNOWN_KEY"


@pytest.mark.parametrize("value", [None, ""])
def test_no_token_is_no_token(static, value):
    error = static().check(value).error
    assert (error.code, error.status, error.challenge) == ("NO_TOKEN", 401, "Bearer")


@pytest.mark.parametrize("value", [b"a.b.c", 7, 1.5, [], {}, object(), "\ud800", "ff_live_x", True])
def test_what_is_no_token_is_malformed_and_never_a_type_error(static, value):
    assert code(static().check(value)) == "MALFORMED"
    assert code(asyncio.run(async_static().check(value))) == "MALFORMED"


@pytest.mark.parametrize("value", [b"a.b.c", 7, object()])
def test_what_is_no_text_is_told_so(static, value):
    errors = [static().check(value).error, static().check_authorization(value).error]
    assert [(error.code, error.details) for error in errors] == [
        ("MALFORMED", {"reason": "not_text"}),
        ("INVALID_REQUEST", {"reason": "not_text"}),
    ]


def test_a_token_beyond_every_buffer_is_too_large(static):
    assert code(static().check("x" * 3_000_000)) == "TOKEN_TOO_LARGE"
    assert code(static().check_authorization("Bearer " + "ü" * 600_000)) == "TOKEN_TOO_LARGE"


@pytest.mark.parametrize("value", [b"Bearer a.b.c", 7, {}, object(), [b"Bearer a.b.c"]])
def test_an_authorization_header_that_is_no_text_is_a_bad_request(static, value):
    assert code(static().check_authorization(value)) == "INVALID_REQUEST"


@pytest.mark.parametrize("value", [[], (), [None]])
def test_no_values_of_an_authorization_header_are_no_token(static, value):
    assert code(static().check_authorization(value)) == "NO_TOKEN"


@pytest.mark.parametrize(
    ("value", "expected", "status"),
    [
        (None, "NO_TOKEN", 401),
        ("", "NO_TOKEN", 401),
        ("Basic dTpw", "NO_TOKEN", 401),
        ("Bearer", "INVALID_REQUEST", 400),
        ("Bearer a.b.c, Bearer a.b.c", "INVALID_REQUEST", 400),
        (["Bearer a.b.c", "Bearer a.b.c"], "INVALID_REQUEST", 400),
        (["Basic dTpw", "Basic dTpw"], "INVALID_REQUEST", 400),
        ("Bearer \ud800", "MALFORMED", 401),
        ("Bearer a.b.c", "MALFORMED", 401),
    ],
)
def test_an_authorization_header_is_refused_by_code(static, value, expected, status):
    error = static().check_authorization(value).error
    assert (error.code, error.status) == (expected, status)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_an_authorization_header_carries_a_token(static, token, scheme):
    assert static().check_authorization(f"{scheme} {token}").ok
    assert static().check_authorization([f"{scheme} {token}"]).ok


def test_the_clock_given_is_the_clock_used(static, token):
    now = [NOW + 3600 + 59]
    verifier = static(clock=lambda: now[0])
    assert verifier.check(token).ok
    now[0] += 1
    assert code(verifier.check(token)) == "EXPIRED"


def failing_clock():
    raise RuntimeError("no battery")


@pytest.mark.parametrize(
    "clock", [failing_clock, lambda: None, lambda: float("nan"), lambda: -1, lambda: float("inf")]
)
def test_a_broken_clock_is_an_outage_not_a_verdict(static, token, clock):
    verifier = static(clock=clock)
    error = verifier.check(token).error
    assert (error.code, error.status, error.retry_after) == ("VERIFIER_UNAVAILABLE", 503, 1)
    assert error.details == {"reason": "clock"}
    with pytest.raises(AuthError):
        verifier.status()


def test_a_closed_verifier_refuses_by_code(static, token):
    with static() as verifier:
        assert verifier.check(token).ok
    error = verifier.check(token).error
    assert (error.code, error.details) == ("VERIFIER_UNAVAILABLE", {"reason": "closed"})
    verifier.close()


def test_ready_and_status_with_fixed_keys(static):
    verifier = static()
    assert verifier.ready() == verifier.status()
    (row,) = verifier.status()
    assert (row.issuer, row.state, row.usable) == ((ISSUER,), "static", True)


@pytest.mark.parametrize("option", ["clock", "is_revoked", "resolve"])
def test_a_hook_that_is_no_function_is_refused(static, option):
    with pytest.raises(PolicyError, match=f"`/{option}` is not a function"):
        static(**{option: 7})


# Hooks


def refuse_nothing(identity, token):
    return False


def test_a_revoked_token_is_refused(static, token):
    seen = []

    def is_revoked(identity, facts):
        seen.append((identity.user_id, facts.kid))
        return True

    error = static(is_revoked=is_revoked).check(token).error
    assert (error.code, error.status) == ("REVOKED", 401)
    assert "invalid_token" in error.challenge
    assert seen == [("user-1", "k1")]


def test_resolve_enriches_what_was_not_revoked(static, token):
    def resolve(identity, facts):
        return dataclasses.replace(identity, tenant_id="t", roles=["admin"])

    result = static(is_revoked=refuse_nothing, resolve=resolve).check(token)
    assert isinstance(result, Accepted)
    assert (result.identity.tenant_id, result.identity.roles) == ("t", ("admin",))
    assert result.token.kid == "k1"


def test_hooks_are_not_asked_about_refused_tokens(static):
    def never(identity, token):
        raise AssertionError

    assert code(static(is_revoked=never, resolve=never).check("a.b.c")) == "MALFORMED"


def raising(identity, token):
    raise ConnectionError("the store is down")


async def coroutine(identity, token):
    return False


def resolve_to(**changes):
    return lambda identity, token: dataclasses.replace(identity, **changes)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"is_revoked": raising}, "revocation"),
        ({"is_revoked": coroutine}, "asynchronous_hook"),
        ({"is_revoked": lambda identity, token: None}, "revocation"),
        ({"is_revoked": lambda identity, token: 0}, "revocation"),
        ({"resolve": raising}, "resolver"),
        ({"resolve": lambda identity, token: None}, "resolver"),
        ({"resolve": lambda identity, token: {"userId": "u"}}, "resolver"),
        ({"resolve": coroutine}, "asynchronous_hook"),
        ({"resolve": resolve_to(roles="administrator")}, "resolver"),
        ({"resolve": resolve_to(roles=(1,))}, "resolver"),
        ({"resolve": resolve_to(user_id="")}, "resolver"),
        ({"resolve": resolve_to(user_id=7)}, "resolver"),
        ({"resolve": resolve_to(tenant_id=7)}, "resolver"),
    ],
)
def test_a_failing_hook_is_an_outage_and_lets_nobody_in(static, token, options, reason):
    error = static(**options).check(token).error
    assert (error.code, error.status) == ("VERIFIER_UNAVAILABLE", 503)
    assert error.details == {"reason": reason}
    assert error.__cause__ is not None


# The same, awaited


def async_static(**options):
    usual = {"issuer": ISSUER, "audience": AUDIENCE, "keys": key_set(signing_key("k1"))}
    return AsyncVerifier(**{**usual, "clock": lambda: NOW, **options})


def test_the_async_verifier_answers_alike(token):
    async def main():
        async with async_static() as verifier:
            await verifier.ready()
            assert (await verifier.verify(token)).user_id == "user-1"
            assert (await verifier.check_authorization(f"Bearer {token}")).ok
            assert verifier.check_sync(token).ok
            with pytest.raises(AuthError) as caught:
                await verifier.verify("a.b.c")
            assert caught.value.code == "MALFORMED"
        return await verifier.check(token)

    assert asyncio.run(main()).error.details == {"reason": "closed"}


def test_async_hooks_are_awaited(token):
    async def resolve(identity, facts):
        await asyncio.sleep(0)
        return dataclasses.replace(identity, tenant_id="t")

    async def is_revoked(identity, facts):
        return identity.tenant_id == "t"

    accepted = asyncio.run(async_static(resolve=resolve, is_revoked=is_revoked).check(token))
    assert accepted.identity.tenant_id == "t"
    assert code(asyncio.run(async_static(is_revoked=lambda i, t: True).check(token))) == "REVOKED"


def test_async_hooks_fail_closed(token):
    async def failing(identity, facts):
        raise ConnectionError

    for name, reason in (("is_revoked", "revocation"), ("resolve", "resolver")):
        error = asyncio.run(async_static(**{name: failing}).check(token)).error
        assert (error.code, error.details) == ("VERIFIER_UNAVAILABLE", {"reason": reason})


def test_check_sync_cannot_ask_a_coroutine_and_says_so(token):
    error = async_static(is_revoked=coroutine).check_sync(token).error
    assert (error.code, error.details) == ("VERIFIER_UNAVAILABLE", {"reason": "asynchronous_hook"})
