"""PyJWT: `PyJWKClient` with all options as they are by default, then `jwt.decode` with its key."""

from __future__ import annotations

import jwt

import clock
from serve import Server


class PyJwt:
    """As its documentation shows: the key that the token names, then the token."""

    def __init__(self, *, url: str, audience: str, issuer: str, jitter: float) -> None:
        self._keys = jwt.PyJWKClient(url)
        self._audience = audience
        self._issuer = issuer

    def verify(self, token: str) -> object:
        key = self._keys.get_signing_key_from_jwt(token)
        return jwt.decode(
            token, key, algorithms=["RS256"], audience=self._audience, issuer=self._issuer
        )

    def settle(self) -> None:
        """It fetches in the foreground alone."""

    def close(self) -> None:
        """Nothing to do."""


def kind_of(error: Exception) -> str:
    """What an app can tell by class."""
    return "outage" if isinstance(error, jwt.PyJWKClientConnectionError) else "invalid token"


if __name__ == "__main__":
    clock.fake()
    Server(versions={"PyJWT": jwt.__version__}, kind_of=kind_of, opened=PyJwt).run()
