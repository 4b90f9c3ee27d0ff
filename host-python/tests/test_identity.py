import dataclasses
import json

import pytest

from fuzefront_authn import Identity, TokenFacts

from .conftest import ISSUER
from .minting import claims

FULL = {
    "userId": "u",
    "tenantId": "t",
    "roles": ["a", "b"],
    "email": "e@example.com",
    "authMode": "federated-jwks",
    "issuedAt": 1,
    "expiresAt": 2,
    "issuer": ISSUER,
    "claims": {"sub": "u"},
}


def test_the_family_s_words_go_both_ways():
    identity = Identity.from_dict(FULL)
    assert identity.roles == ("a", "b")
    assert identity.to_dict() == FULL
    assert json.loads(json.dumps(identity.to_dict())) == FULL


def test_absent_words_stay_absent_and_an_unknown_tenant_is_null():
    bare = {name: FULL[name] for name in ("userId", "authMode", "expiresAt", "claims")}
    bare |= {"tenantId": None, "roles": []}
    assert Identity.from_dict(bare).to_dict() == bare


def test_token_facts_go_both_ways():
    words = {"alg": "ES256", "kid": "k", "typ": "JWT", "jti": "j", "sid": "s", "azp": "z"}
    words |= {"scopes": ["read"], "kind": "machine"}
    assert TokenFacts.from_dict(words).to_dict() == words
    bare = {"alg": "ES256", "scopes": [], "kind": "user"}
    assert TokenFacts.from_dict(bare).to_dict() == bare


def test_values_are_frozen_hashable_and_discreet():
    identity = Identity.from_dict(FULL)
    with pytest.raises(dataclasses.FrozenInstanceError):
        identity.user_id = "v"
    assert hash(identity) == hash(dataclasses.replace(identity, claims={"other": 1}))
    assert "example.com" not in repr(identity).replace(ISSUER, "")
    assert "sub" not in repr(identity)


def test_what_the_module_says_arrives_whole(static, key):
    token = key.sign(
        claims(
            ISSUER,
            tenantId="t-1",
            roles="admin",
            email="e@example.com",
            scope="read write",
            azp="client",
            sid="s-1",
            jti="j-1",
        )
    )
    result = static().check(token)
    assert result.ok
    assert result.identity.tenant_id == "t-1"
    assert result.identity.roles == ("admin",)
    assert result.identity.email == "e@example.com"
    assert result.identity.claims["scope"] == "read write"
    assert result.token.to_dict() == {
        "alg": "RS256",
        "kid": "k1",
        "typ": "JWT",
        "jti": "j-1",
        "sid": "s-1",
        "azp": "client",
        "scopes": ["read", "write"],
        "kind": "user",
    }
    assert result.keys.state == "static"
    assert len(result.keys.generation) == 16
