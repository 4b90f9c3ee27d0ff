"""One token verifier for a family of apps: the same WebAssembly module decides in every language.

>>> from fuzefront_authn import AuthError, Verifier
>>> verifier = Verifier(issuer="https://id.example/", audience="my-client")  # doctest: +SKIP
>>> identity = verifier.verify(token)  # raises AuthError  # doctest: +SKIP
"""

from ._async_verifier import AsyncVerifier
from ._errors import (
    AuthError,
    AuthErrorCode,
    AuthnError,
    EngineError,
    MissingExtraError,
    PolicyError,
)
from ._identity import (
    Accepted,
    AuthMode,
    CheckResult,
    Identity,
    KeysFacts,
    Rejected,
    TokenFacts,
)
from ._policy import IssuerOptions
from ._status import IssuerStatus
from ._verifier import Verifier
from ._version import __version__

__all__ = [
    "Accepted",
    "AsyncVerifier",
    "AuthError",
    "AuthErrorCode",
    "AuthMode",
    "AuthnError",
    "CheckResult",
    "EngineError",
    "Identity",
    "IssuerOptions",
    "IssuerStatus",
    "KeysFacts",
    "MissingExtraError",
    "PolicyError",
    "Rejected",
    "TokenFacts",
    "Verifier",
    "__version__",
]
