"""One token verifier for a family of apps: the same WebAssembly module decides in every language.

>>> from fuzefront_authn import AuthError, Verifier
>>> verifier = Verifier(issuer="https://id.example/", audience="my-client")  # doctest: +SKIP
>>> identity = verifier.verify(token)  # raises AuthError  # doctest: +SKIP
"""

from ._async_verifier import AsyncVerifier
from ._contract import ContractFacts, family_contract
from ._errors import (
    AuthError,
    AuthErrorCode,
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
from ._explanation import Explanation, Step
from ._health import Health, IssuerHealth
from ._identity import (
    Accepted,
    AuthMode,
    CheckResult,
    Identity,
    KeysFacts,
    Rejected,
    TokenFacts,
)
from ._inspection import UnverifiedToken, inspect
from ._policy import ContractOptions, IssuerOptions
from ._snapshot import RestoreResult, Snapshot, SnapshotEntry
from ._status import IssuerStatus
from ._store import AsyncKeyStore, KeyStore
from ._verifier import Verifier
from ._version import __version__

__all__ = [
    "Accepted",
    "AsyncKeyStore",
    "AsyncVerifier",
    "AuthError",
    "AuthErrorCode",
    "AuthEvent",
    "AuthMode",
    "AuthnError",
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
    "SnapshotEntry",
    "Step",
    "TokenFacts",
    "UnknownKidEvent",
    "UnverifiedToken",
    "Verifier",
    "VerifyEvent",
    "__version__",
    "family_contract",
    "inspect",
]
