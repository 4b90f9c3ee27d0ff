"""Made by `cargo xtask generate` from docs/abi.schema.json and the module's catalogue. Do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Optional, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import NotRequired

AuthErrorCode = Literal[
    "ALGORITHM_NOT_ALLOWED",
    "ENCRYPTED_TOKEN",
    "EXPIRED",
    "FORBIDDEN",
    "INSUFFICIENT_SCOPE",
    "INVALID_AUDIENCE",
    "INVALID_CLAIM",
    "INVALID_ISSUER",
    "INVALID_REQUEST",
    "INVALID_SIGNATURE",
    "JWKS_UNAVAILABLE",
    "MALFORMED",
    "MISSING_CLAIM",
    "NOT_ACTIVE",
    "NO_TOKEN",
    "REVOKED",
    "TOKEN_TOO_LARGE",
    "TOKEN_TOO_OLD",
    "UNKNOWN",
    "UNKNOWN_KEY",
    "UNSUITABLE_KEY",
    "UNSUPPORTED_HEADER",
    "VERIFIER_UNAVAILABLE",
    "WRONG_TOKEN_TYPE",
]
"""The closed list of codes."""

AuthMode = Literal["federated-jwks", "legacy-hs256"]
"""How the token was verified: with a published key, or with a shared secret."""

Algorithm = Literal[
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "HS256",
]
"""A signature algorithm (RFC 7518 section 3.1). HS256 is for `legacy-hs256` only."""

KeyState = Literal["empty", "fresh", "aging", "stale", "dead", "static", "secret"]
"""The state of the keys of one issuer entry (docs/keys.md)."""

ABI = "2.0"

CODES: dict[str, dict[str, Any]] = {
    "ALGORITHM_NOT_ALLOWED": {
        "status": 401,
        "message": "the token is signed with an algorithm that is not allowed",
        "challenge": 'Bearer error="invalid_token", error_description="the token is signed with an algorithm that is not allowed"',
    },
    "ENCRYPTED_TOKEN": {
        "status": 401,
        "message": "the token is encrypted; a signed token is needed",
        "challenge": 'Bearer error="invalid_token", error_description="the token is encrypted; a signed token is needed"',
    },
    "EXPIRED": {
        "status": 401,
        "message": "the token has expired",
        "challenge": 'Bearer error="invalid_token", error_description="the token has expired"',
    },
    "FORBIDDEN": {
        "status": 403,
        "message": "the identity may not do this",
    },
    "INSUFFICIENT_SCOPE": {
        "status": 403,
        "message": "the token lacks a required scope",
        "challenge": 'Bearer error="insufficient_scope", error_description="the token lacks a required scope"',
    },
    "INVALID_AUDIENCE": {
        "status": 401,
        "message": "the token was issued for another audience",
        "challenge": 'Bearer error="invalid_token", error_description="the token was issued for another audience"',
    },
    "INVALID_CLAIM": {
        "status": 401,
        "message": "a claim of the token has a value that is not allowed",
        "challenge": 'Bearer error="invalid_token", error_description="a claim of the token has a value that is not allowed"',
    },
    "INVALID_ISSUER": {
        "status": 401,
        "message": "the token comes from an issuer that is not trusted",
        "challenge": 'Bearer error="invalid_token", error_description="the token comes from an issuer that is not trusted"',
    },
    "INVALID_REQUEST": {
        "status": 400,
        "message": "the request carries unreadable or several credentials",
        "challenge": 'Bearer error="invalid_request", error_description="the request carries unreadable or several credentials"',
    },
    "INVALID_SIGNATURE": {
        "status": 401,
        "message": "the signature of the token does not hold",
        "challenge": 'Bearer error="invalid_token", error_description="the signature of the token does not hold"',
    },
    "JWKS_UNAVAILABLE": {
        "status": 503,
        "message": "the keys of the issuer are not available at present; try again later",
    },
    "MALFORMED": {
        "status": 401,
        "message": "the token is not a well-formed signed token",
        "challenge": 'Bearer error="invalid_token", error_description="the token is not a well-formed signed token"',
    },
    "MISSING_CLAIM": {
        "status": 401,
        "message": "the token lacks a required claim",
        "challenge": 'Bearer error="invalid_token", error_description="the token lacks a required claim"',
    },
    "NOT_ACTIVE": {
        "status": 401,
        "message": "the token is not valid yet",
        "challenge": 'Bearer error="invalid_token", error_description="the token is not valid yet"',
    },
    "NO_TOKEN": {
        "status": 401,
        "message": "the request carries no bearer token",
        "challenge": "Bearer",
    },
    "REVOKED": {
        "status": 401,
        "message": "the token has been revoked",
        "challenge": 'Bearer error="invalid_token", error_description="the token has been revoked"',
    },
    "TOKEN_TOO_LARGE": {
        "status": 401,
        "message": "the token is longer than 16384 bytes",
        "challenge": 'Bearer error="invalid_token", error_description="the token is longer than 16384 bytes"',
    },
    "TOKEN_TOO_OLD": {
        "status": 401,
        "message": "the token was issued too long ago",
        "challenge": 'Bearer error="invalid_token", error_description="the token was issued too long ago"',
    },
    "UNKNOWN": {
        "status": 401,
        "message": "the token was refused",
        "challenge": 'Bearer error="invalid_token", error_description="the token was refused"',
    },
    "UNKNOWN_KEY": {
        "status": 401,
        "message": "the token is signed with a key that its issuer does not publish",
        "challenge": 'Bearer error="invalid_token", error_description="the token is signed with a key that its issuer does not publish"',
    },
    "UNSUITABLE_KEY": {
        "status": 401,
        "message": "the key that the token names may not be used to verify it",
        "challenge": 'Bearer error="invalid_token", error_description="the key that the token names may not be used to verify it"',
    },
    "UNSUPPORTED_HEADER": {
        "status": 401,
        "message": "the header of the token asks for an extension that is not supported",
        "challenge": 'Bearer error="invalid_token", error_description="the header of the token asks for an extension that is not supported"',
    },
    "VERIFIER_UNAVAILABLE": {
        "status": 503,
        "message": "the token cannot be verified at present; try again later",
    },
    "WRONG_TOKEN_TYPE": {
        "status": 401,
        "message": "the token is of a type that is not accepted here",
        "challenge": 'Bearer error="invalid_token", error_description="the token is of a type that is not accepted here"',
    },
}
"""Status, public text and challenge (RFC 6750 section 3) of every code."""

OPERATIONS = {
    "about": 0,
    "open": 1,
    "close": 2,
    "verify": 3,
    "explain": 4,
    "inspect": 5,
    "fetch": 6,
    "told": 7,
    "abandon": 8,
    "status": 9,
    "restore": 10,
    "contract": 11,
}

LIMITS = {
    "attempts": 4,
    "background_least": 1,
    "background_most": 3600,
    "background_retry": 60,
    "fetch_timeout": 5,
    "fetch_wait": 3,
    "head_bytes": 40,
    "json_depth": 32,
    "key_candidates": 4,
    "key_set_bytes": 262144,
    "keys": 64,
    "leeway": 300,
    "message_bytes": 524288,
    "rsa_max_bits": 8192,
    "rsa_min_bits": 2048,
    "token_bytes": 16384,
    "verifiers": 32,
}
"""Bytes, counts and seconds, as the module keeps them."""


class Identity(TypedDict):
    """Who a token speaks for. Times are seconds since the Unix epoch."""

    userId: str
    """The subject, never empty. Unique within `issuer` only."""
    tenantId: Optional[str]
    """`null` means unresolved, never "any tenant"."""
    roles: Sequence[str]
    """Empty means unprivileged."""
    authMode: AuthMode
    expiresAt: float
    claims: Mapping[str, Any]
    """The payload as it came in."""
    email: NotRequired[str]
    issuedAt: NotRequired[float]
    issuer: NotRequired[str]


class TokenFacts(TypedDict):
    """What the verified token says of itself."""

    alg: str
    scopes: Sequence[str]
    kind: Literal["user", "machine"]
    """`machine`: a client's own token, not one of a person (RFC 9068 section 2.2)."""
    kid: NotRequired[str]
    typ: NotRequired[str]
    jti: NotRequired[str]
    sid: NotRequired[str]
    azp: NotRequired[str]
    """The client: `azp`, or `client_id` where there is no `azp`."""


class KeyFacts(TypedDict):
    """Which keys decided."""

    state: Literal["fresh", "aging", "stale", "static", "secret"]
    generation: str
    """Equal keys have equal generations, in every process. It differs as soon as any key of the set
    differs.
    """


class Reuse(TypedDict):
    """How long the same answer may be given for the same token."""

    until: float
    """Seconds since the Unix epoch."""
    generation: str
    """While the keys of the entry have this generation."""


class Details(TypedDict):
    """What was checked, expected and found: for the log of the service, never for the client. Token
    contents stand here only once the signature was verified.
    """

    part: NotRequired[Literal["header", "payload", "signature"]]
    """The part of the token."""
    reason: NotRequired[str]
    """A fixed word that says more than the code."""
    claim: NotRequired[str]
    """The claim or header parameter."""
    expected: NotRequired[Any]
    """What passes."""
    actual: NotRequired[Any]
    """What was found."""
    now: NotRequired[float]
    """The time used, seconds since the Unix epoch."""
    leeway: NotRequired[int]
    """The clock tolerance used, seconds."""
    issuer: NotRequired[str]
    """The first name of the issuer entry, of an outage."""
    error: NotRequired[str]
    """Why the last fetch of keys brought nothing: a fixed word."""


class Accepted(TypedDict):
    """The token passed every check."""

    verdict: Literal["accepted"]
    identity: Identity
    token: TokenFacts
    keys: KeyFacts
    reuse: NotRequired[Reuse]
    fetch: NotRequired[int]
    """The issuer entry whose keys should be fetched in the background; the verdict stands."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class Rejected(TypedDict):
    """The token, or the request, is refused."""

    verdict: Literal["rejected"]
    code: AuthErrorCode
    status: int
    """The HTTP status: 400, 401, 403 or 503."""
    message: str
    """A fixed public text per code."""
    details: Details
    challenge: NotRequired[str]
    """The value of `WWW-Authenticate` (RFC 6750 section 3)."""
    retry_after: NotRequired[int]
    """The value of `Retry-After`, seconds; there for 503."""
    issuer: NotRequired[int]
    """The index of the issuer entry that the verdict is about."""
    fetch: NotRequired[int]
    """The issuer entry whose keys should be fetched in the background; the verdict stands."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class KeysNeeded(TypedDict):
    """No verdict is possible yet: bring keys and ask again."""

    verdict: Literal["keys_needed"]
    issuer: int
    """The index of the issuer entry."""
    reason: Literal["no_keys", "unknown_key", "expired"]
    wait: float
    """Seconds that a caller should be kept waiting."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class Check(TypedDict):
    """One check of the pipeline, and what came of it."""

    check: str
    clause: str
    """The clause of the contract that asks for it (docs/contract/v1.md)."""
    status: Literal["passed", "failed", "pending", "not_checked"]
    """`pending`: keys are needed first. `not_checked`: `reason` says why."""
    verified: bool
    """Whether the signature held before this check. If not, a check that passed says only what the
    token claims.
    """
    code: NotRequired[AuthErrorCode]
    part: NotRequired[str]
    reason: NotRequired[str]
    claim: NotRequired[str]
    expected: NotRequired[Any]
    found: NotRequired[Any]
    """Left out for claims, unless values were asked for."""


class Explained(TypedDict):
    """A verdict with every check that led to it."""

    verdict: Verdict
    checks: Sequence[Check]


class Inspection(TypedDict):
    """What stands in a token. Nothing of it is verified."""

    unverified: Literal[True]
    form: Literal["jws", "jwe", "opaque", "malformed"]
    """`jws`: signed. `jwe`: encrypted, of which only the header can be read. `opaque`: not a JWT.
    """
    bytes: int
    """The length of the token."""
    header: NotRequired[Mapping[str, Any]]
    claims: NotRequired[Mapping[str, Any]]
    signature_bytes: NotRequired[int]
    fault: NotRequired[Fault]


class Fault(TypedDict):
    """Why a token could not be decoded, in the words of a rejection."""

    code: AuthErrorCode
    part: NotRequired[str]
    reason: NotRequired[str]


class SkippedKey(TypedDict):
    """A key of a set that is not used, and why."""

    index: int
    """Its place in the set."""
    reason: str
    """One of `key_reasons` of the catalogue."""
    kid: NotRequired[str]


class IssuerStatus(TypedDict):
    """The keys of one issuer entry."""

    issuer: Sequence[str]
    """The allowed names; none for an entry whose tokens have no `iss`."""
    state: KeyState
    usable: bool
    """Tokens of this issuer can be verified now."""
    age: Optional[float]
    """Seconds since the keys in force were fetched."""
    keys: int
    """How many keys are used."""
    generation: Optional[str]
    skipped: Sequence[SkippedKey]
    failures: int
    """Failed fetches in a row."""
    due: Optional[float]
    """Seconds until the keys are fetched although no token asks."""
    fetch: bool
    """Whether a fetch may begin now."""
    error: NotRequired[str]
    """Why the last fetch brought no keys: a fixed word, such as `timeout` or `http_503`."""


class Status(TypedDict):
    """The state of all keys of a verifier."""

    health: Literal["ready", "degraded", "not_ready"]
    """`degraded`: some tokens cannot be verified, or soon cannot."""
    due: Optional[float]
    """The earliest `due` of the entries, seconds."""
    issuers: Sequence[IssuerStatus]
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class Restored(TypedDict):
    """What became of a record."""

    result: Literal["stored", "refused"]
    issuer: NotRequired[int]
    """The index of the issuer entry."""
    generation: NotRequired[str]
    reason: NotRequired[str]
    """A fixed word, when it was refused."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class FetchStep(TypedDict):
    """GET this document."""

    do: Literal["fetch"]
    what: Literal["discovery", "key_set"]
    url: str
    headers: Mapping[str, str]
    """The headers to send."""
    report: Sequence[str]
    """The names of the headers to report, lower case."""
    timeout: float
    """Seconds over connect and body."""
    max_bytes: int
    """The longest body; of a longer one tell `too_large`."""
    settled: NotRequired[bool]
    """Callers that wait may ask again now."""
    record: NotRequired[str]
    """The header line of the record of what was just told."""
    keep: NotRequired[bool]
    """What was just loaded is the record to keep."""
    error: NotRequired[str]
    """Why what was just told brought nothing: a fixed word."""
    message: NotRequired[str]
    """The same in one line, for a log."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class LoadStep(TypedDict):
    """Get this key from the store."""

    do: Literal["load"]
    key: str
    timeout: float
    """Seconds that the call may take."""
    settled: NotRequired[bool]
    """Callers that wait may ask again now."""
    record: NotRequired[str]
    """The header line of the record of what was just told."""
    keep: NotRequired[bool]
    """What was just loaded is the record to keep."""
    error: NotRequired[str]
    """Why what was just told brought nothing: a fixed word."""
    message: NotRequired[str]
    """The same in one line, for a log."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class LockStep(TypedDict):
    """Take this lock in the store."""

    do: Literal["lock"]
    key: str
    ttl: float
    """Seconds."""
    timeout: float
    """Seconds that the call may take."""
    settled: NotRequired[bool]
    """Callers that wait may ask again now."""
    record: NotRequired[str]
    """The header line of the record of what was just told."""
    keep: NotRequired[bool]
    """What was just loaded is the record to keep."""
    error: NotRequired[str]
    """Why what was just told brought nothing: a fixed word."""
    message: NotRequired[str]
    """The same in one line, for a log."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class SaveStep(TypedDict):
    """Put the record of the issuer into the store."""

    do: Literal["save"]
    key: str
    ttl: float
    """Seconds."""
    timeout: float
    """Seconds that the call may take."""
    settled: NotRequired[bool]
    """Callers that wait may ask again now."""
    record: NotRequired[str]
    """The header line of the record of what was just told."""
    keep: NotRequired[bool]
    """What was just loaded is the record to keep."""
    error: NotRequired[str]
    """Why what was just told brought nothing: a fixed word."""
    message: NotRequired[str]
    """The same in one line, for a log."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class UnlockStep(TypedDict):
    """Give this lock back."""

    do: Literal["unlock"]
    key: str
    timeout: float
    """Seconds that the call may take."""
    settled: NotRequired[bool]
    """Callers that wait may ask again now."""
    record: NotRequired[str]
    """The header line of the record of what was just told."""
    keep: NotRequired[bool]
    """What was just loaded is the record to keep."""
    error: NotRequired[str]
    """Why what was just told brought nothing: a fixed word."""
    message: NotRequired[str]
    """The same in one line, for a log."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class PauseStep(TypedDict):
    """Wait."""

    do: Literal["pause"]
    seconds: float
    settled: NotRequired[bool]
    """Callers that wait may ask again now."""
    record: NotRequired[str]
    """The header line of the record of what was just told."""
    keep: NotRequired[bool]
    """What was just loaded is the record to keep."""
    error: NotRequired[str]
    """Why what was just told brought nothing: a fixed word."""
    message: NotRequired[str]
    """The same in one line, for a log."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class DoneStep(TypedDict):
    """The conversation has ended."""

    do: Literal["done"]
    outcome: Literal["stored", "failed", "refused", "shared"]
    settled: NotRequired[bool]
    """Callers that wait may ask again now."""
    record: NotRequired[str]
    """The header line of the record of what was just told."""
    keep: NotRequired[bool]
    """What was just loaded is the record to keep."""
    error: NotRequired[str]
    """Why what was just told brought nothing: a fixed word."""
    message: NotRequired[str]
    """The same in one line, for a log."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class NothingStep(TypedDict):
    """None may begin now."""

    do: Literal["nothing"]
    retry_after: float
    """Seconds."""
    settled: NotRequired[bool]
    """Callers that wait may ask again now."""
    record: NotRequired[str]
    """The header line of the record of what was just told."""
    keep: NotRequired[bool]
    """What was just loaded is the record to keep."""
    error: NotRequired[str]
    """Why what was just told brought nothing: a fixed word."""
    message: NotRequired[str]
    """The same in one line, for a log."""
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""


class KeyFetchEvent(TypedDict):
    """A document was fetched, or was not. `shared`: another replica had fetched it."""

    type: Literal["keys.fetch"]
    issuer: str
    """The first name of the issuer entry."""
    document: Literal["discovery", "key_set"]
    outcome: Literal["ok", "failed", "refused", "shared"]
    duration: float
    """Seconds."""
    reason: NotRequired[str]
    """A fixed word, when it failed or was refused."""


class KeysRotatedEvent(TypedDict):
    """A key set replaced one that had other keys."""

    type: Literal["keys.rotated"]
    issuer: str
    """The first name of the issuer entry."""
    generation: str
    keys: int
    """How many keys are used now."""


KeyStateEvent = TypedDict(
    "KeyStateEvent",
    {
        "type": Literal["keys.state"],
        "issuer": str,
        "from": "KeyState",
        "to": "KeyState",
    },
)
"""The keys of an entry are in another state than before."""


class KeyStoreEvent(TypedDict):
    """The shared store failed, and is left alone for 5 s."""

    type: Literal["keys.store"]
    outcome: Literal["failed"]
    reason: Literal["timeout", "error"]


class UnknownKidEvent(TypedDict):
    """A token names a key that the set in force lacks. `unavailable`: the set is too old to tell,
    and cannot be renewed.
    """

    type: Literal["unknown_kid"]
    issuer: str
    """The first name of the issuer entry."""
    outcome: Literal["refused", "fetching", "unavailable"]


class Opened(TypedDict):
    """A verifier was opened."""

    verifier: int
    """Its handle."""
    fingerprint: str
    """SHA-256 (hexadecimal) of the policy in canonical form."""
    issuers: Sequence[OpenedIssuer]


class OpenedIssuer(TypedDict):
    """One issuer entry, and where its keys come from."""

    issuer: Sequence[str]
    keys: Literal["discovery", "jwks_uri", "static", "secret"]


class Closed(TypedDict):
    """A verifier was closed, if it was open."""

    closed: bool


class Abandoned(TypedDict):
    """A conversation was given up, if there was one."""

    abandoned: bool
    events: NotRequired[Sequence[Event]]
    """What happened to the keys; only for a verifier that was opened with events."""
    unlock: NotRequired[str]
    """The name of the lock that the conversation held: give it back, once."""


class Refusal(TypedDict):
    """The module refuses what it was given."""

    code: Literal["INVALID_CALL", "INVALID_POLICY", "INVALID_CONTRACT"]
    message: str
    path: NotRequired[str]
    """A JSON Pointer (RFC 6901) to the fault."""


class Refused(TypedDict):
    """An answer that is an error."""

    error: Refusal


class CodeRow(TypedDict):
    """One code of the closed list."""

    code: AuthErrorCode
    status: int
    message: str
    challenge: NotRequired[str]


class About(TypedDict):
    """The catalogue of the module."""

    name: str
    version: str
    abi: str
    operations: Sequence[Mapping[str, Any]]
    codes: Sequence[CodeRow]
    algorithms: Sequence[str]
    key_reasons: Sequence[str]
    fetch_reasons: Sequence[str]
    checks: Sequence[Mapping[str, Any]]
    limits: Mapping[str, float]


class ContractAnswer(TypedDict):
    """A contract, and the policy of one app."""

    contract: ContractSummary
    app: NotRequired[str]
    environment: NotRequired[str]
    policy: NotRequired[Mapping[str, Any]]
    """What `open` takes."""
    warning: NotRequired[str]
    """Why every token may be refused although the policy is right."""


class ContractSummary(TypedDict):
    """What a contract holds."""

    name: str
    version: str
    environments: Sequence[str]
    apps: Sequence[ContractAppRow]


class ContractAppRow(TypedDict):
    """One app of a contract."""

    app: str
    client_id: Optional[str]
    audience: Sequence[str]
    status: Literal["active", "deprecated", "planned", "symmetric"]


Verdict = Union[Accepted, Rejected, KeysNeeded]
"""The answer of `verify`."""

Step = Union[FetchStep, LoadStep, LockStep, SaveStep, UnlockStep, PauseStep, DoneStep, NothingStep]
"""What the host does next to bring keys."""

Event = Union[KeyFetchEvent, KeysRotatedEvent, KeyStateEvent, KeyStoreEvent, UnknownKidEvent]
"""What happens to the keys. No event holds a token, a subject or a key id."""


class ContractOptions(TypedDict, total=False):
    """What one app may ask for beside its contract, or instead of what that says."""

    jwks_uri: str
    """Where the key set is. Without it (and without `keys`) the discovery document of the first
    issuer says.
    """
    keys: Mapping[str, Any]
    """A JWK Set (RFC 7517 section 5): fixed keys, nothing is ever fetched."""
    types: Sequence[str]
    """Allowed `typ` values; `""` stands for an absent one. Default `["", "JWT", "at+jwt"]`."""
    leeway: int
    """Clock tolerance in whole seconds, 0 to 300. Default 60; legacy 0."""
    max_age: int
    """Refuse tokens that were issued longer ago than this many seconds; `iat` is then required."""
    stale_cap: int
    """How long, in seconds, keys may serve past their hard age while the issuer is down. Default
    3600.
    """
    required_claims: Sequence[str]
    """Claims that must be present and not null."""
    claim_values: Mapping[str, Sequence[str]]
    """Claim → allowed strings; the claim must equal one of them."""
    required_scopes: Sequence[str]
    """All of them must be in `scope`."""
    authorized_parties: Sequence[str]
    """Allowed `azp`, or `client_id` where there is no `azp`."""
    kinds: Sequence[str]
    """Which kinds of subject are accepted. Default both."""
    machine_clients: Sequence[str]
    """Clients whose tokens are machine tokens."""
    claims: Mapping[str, str]


class IssuerOptions(ContractOptions, total=False):
    """One entry of `issuers`. `issuer` and `audience` must be given."""

    issuer: Union[str, Sequence[str], None]
    """Allowed values of `iss`, compared byte for byte. `null`, in `legacy-hs256` only: a token must
    have no `iss`.
    """
    audience: Union[str, Sequence[str], None]
    """One of these must be in `aud`. `null`, in `legacy-hs256` only: `aud` is not checked."""
    mode: AuthMode
    """`legacy-hs256`: tokens signed with a shared secret. Default `federated-jwks`."""
    secret: Union[bytes, str]
    """The shared secret of `legacy-hs256`, at least 32 bytes."""
    algorithms: Sequence[str]
    """Allowed signature algorithms. Default: all but HS256."""
