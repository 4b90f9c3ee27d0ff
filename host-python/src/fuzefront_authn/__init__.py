"""One token verifier for a family of apps: the same WebAssembly module decides in every language.

>>> from fuzefront_authn import AuthError, Verifier
>>> verifier = Verifier(issuer="https://id.example/", audience="my-client")  # doctest: +SKIP
>>> identity = verifier.verify(token)  # raises AuthError  # doctest: +SKIP
"""

from ._contract import ContractFacts, family_contract
from ._errors import (
    AuthError,
    AuthnError,
    ContractError,
    EngineError,
    MissingExtraError,
    PolicyError,
)
from ._events import (
    AuthEvent,
    ContractWarningEvent,
    EventListener,
    KeyFetchEvent,
    KeysRotatedEvent,
    KeyStateEvent,
    KeyStoreEvent,
    UnknownKidEvent,
    VerifyEvent,
)
from ._generated import AuthErrorCode, AuthMode, ContractOptions, IssuerOptions
from ._identity import Accepted, CheckResult, Identity, KeysFacts, Rejected, TokenFacts
from ._inspection import Check, Explanation, UnverifiedToken, inspect
from ._status import Health, IssuerHealth, IssuerStatus, RestoreResult, Snapshot
from ._store import KeyStore
from ._verifier import AsyncVerifier, Verifier
from ._version import __version__

__all__ = [
    "Accepted",
    "AsyncVerifier",
    "AuthError",
    "AuthErrorCode",
    "AuthEvent",
    "AuthMode",
    "AuthnError",
    "Check",
    "CheckResult",
    "ContractError",
    "ContractFacts",
    "ContractOptions",
    "ContractWarningEvent",
    "EngineError",
    "EventListener",
    "Explanation",
    "Health",
    "Identity",
    "IssuerHealth",
    "IssuerOptions",
    "IssuerStatus",
    "KeyFetchEvent",
    "KeyStateEvent",
    "KeyStore",
    "KeyStoreEvent",
    "KeysFacts",
    "KeysRotatedEvent",
    "MissingExtraError",
    "PolicyError",
    "Rejected",
    "RestoreResult",
    "Snapshot",
    "TokenFacts",
    "UnknownKidEvent",
    "UnverifiedToken",
    "Verifier",
    "VerifyEvent",
    "__version__",
    "family_contract",
    "inspect",
]
