"""What an app does with the wheel alone: fixed keys, a good token and a bad one."""

import sys
import time

import fuzefront_authn.opentelemetry
import fuzefront_authn.redis  # noqa: F401  both need nothing until they are given something
from fuzefront_authn import AuthError, MissingExtraError, Verifier
from minting import Key

ISSUER, AUDIENCE = "https://id.example/", "fuzekeys-oidc-client"

key = Key()
claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "user-1", "exp": int(time.time()) + 60}
verifier = Verifier(issuer=ISSUER, audience=AUDIENCE, keys=key.key_set())
assert verifier.digest == sys.argv[1], "another module was installed"
assert verifier.verify(key.sign(claims)).user_id == "user-1"
try:
    verifier.verify(key.sign({**claims, "aud": "another"}))
except AuthError as error:
    assert error.code == "INVALID_AUDIENCE"
else:
    raise AssertionError("a token for another app was accepted")
try:
    import httpx  # noqa: F401
except ImportError:
    try:
        Verifier(issuer=ISSUER, audience=AUDIENCE)
    except MissingExtraError as error:
        assert "fuzefront-authn[fetch]" in str(error)
    else:
        raise AssertionError("a verifier that could not fetch was made") from None
print("ok")
