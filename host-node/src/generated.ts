// Made by `cargo xtask generate` from docs/abi.schema.json and the module's catalogue. Do not edit.

export const ABI = '2.0'

/** Status, public text and challenge (RFC 6750 section 3) of every code. */
export const CODES = {
  ALGORITHM_NOT_ALLOWED: {
    status: 401,
    message: 'the token is signed with an algorithm that is not allowed',
    challenge: 'Bearer error="invalid_token", error_description="the token is signed with an algorithm that is not allowed"',
  },
  ENCRYPTED_TOKEN: {
    status: 401,
    message: 'the token is encrypted; a signed token is needed',
    challenge: 'Bearer error="invalid_token", error_description="the token is encrypted; a signed token is needed"',
  },
  EXPIRED: {
    status: 401,
    message: 'the token has expired',
    challenge: 'Bearer error="invalid_token", error_description="the token has expired"',
  },
  FORBIDDEN: {
    status: 403,
    message: 'the identity may not do this',
  },
  INSUFFICIENT_SCOPE: {
    status: 403,
    message: 'the token lacks a required scope',
    challenge: 'Bearer error="insufficient_scope", error_description="the token lacks a required scope"',
  },
  INVALID_AUDIENCE: {
    status: 401,
    message: 'the token was issued for another audience',
    challenge: 'Bearer error="invalid_token", error_description="the token was issued for another audience"',
  },
  INVALID_CLAIM: {
    status: 401,
    message: 'a claim of the token has a value that is not allowed',
    challenge: 'Bearer error="invalid_token", error_description="a claim of the token has a value that is not allowed"',
  },
  INVALID_ISSUER: {
    status: 401,
    message: 'the token comes from an issuer that is not trusted',
    challenge: 'Bearer error="invalid_token", error_description="the token comes from an issuer that is not trusted"',
  },
  INVALID_REQUEST: {
    status: 400,
    message: 'the request carries unreadable or several credentials',
    challenge: 'Bearer error="invalid_request", error_description="the request carries unreadable or several credentials"',
  },
  INVALID_SIGNATURE: {
    status: 401,
    message: 'the signature of the token does not hold',
    challenge: 'Bearer error="invalid_token", error_description="the signature of the token does not hold"',
  },
  JWKS_UNAVAILABLE: {
    status: 503,
    message: 'the keys of the issuer are not available at present; try again later',
  },
  MALFORMED: {
    status: 401,
    message: 'the token is not a well-formed signed token',
    challenge: 'Bearer error="invalid_token", error_description="the token is not a well-formed signed token"',
  },
  MISSING_CLAIM: {
    status: 401,
    message: 'the token lacks a required claim',
    challenge: 'Bearer error="invalid_token", error_description="the token lacks a required claim"',
  },
  NOT_ACTIVE: {
    status: 401,
    message: 'the token is not valid yet',
    challenge: 'Bearer error="invalid_token", error_description="the token is not valid yet"',
  },
  NO_TOKEN: {
    status: 401,
    message: 'the request carries no bearer token',
    challenge: 'Bearer',
  },
  REVOKED: {
    status: 401,
    message: 'the token has been revoked',
    challenge: 'Bearer error="invalid_token", error_description="the token has been revoked"',
  },
  TOKEN_TOO_LARGE: {
    status: 401,
    message: 'the token is longer than 16384 bytes',
    challenge: 'Bearer error="invalid_token", error_description="the token is longer than 16384 bytes"',
  },
  TOKEN_TOO_OLD: {
    status: 401,
    message: 'the token was issued too long ago',
    challenge: 'Bearer error="invalid_token", error_description="the token was issued too long ago"',
  },
  UNKNOWN: {
    status: 401,
    message: 'the token was refused',
    challenge: 'Bearer error="invalid_token", error_description="the token was refused"',
  },
  UNKNOWN_KEY: {
    status: 401,
    message: 'the token is signed with a key that its issuer does not publish',
    challenge: 'Bearer error="invalid_token", error_description="the token is signed with a key that its issuer does not publish"',
  },
  UNSUITABLE_KEY: {
    status: 401,
    message: 'the key that the token names may not be used to verify it',
    challenge: 'Bearer error="invalid_token", error_description="the key that the token names may not be used to verify it"',
  },
  UNSUPPORTED_HEADER: {
    status: 401,
    message: 'the header of the token asks for an extension that is not supported',
    challenge: 'Bearer error="invalid_token", error_description="the header of the token asks for an extension that is not supported"',
  },
  VERIFIER_UNAVAILABLE: {
    status: 503,
    message: 'the token cannot be verified at present; try again later',
  },
  WRONG_TOKEN_TYPE: {
    status: 401,
    message: 'the token is of a type that is not accepted here',
    challenge: 'Bearer error="invalid_token", error_description="the token is of a type that is not accepted here"',
  },
} as const

export const OPERATION = {
  about: 0,
  open: 1,
  close: 2,
  verify: 3,
  explain: 4,
  inspect: 5,
  fetch: 6,
  told: 7,
  abandon: 8,
  status: 9,
  restore: 10,
  contract: 11,
} as const

/** Bytes, counts and seconds, as the module keeps them. */
export const LIMITS = {
  attempts: 4,
  background_least: 1,
  background_most: 3600,
  background_retry: 60,
  fetch_timeout: 5,
  fetch_wait: 3,
  head_bytes: 40,
  json_depth: 32,
  key_candidates: 4,
  key_set_bytes: 262144,
  keys: 64,
  leeway: 300,
  message_bytes: 524288,
  rsa_max_bits: 8192,
  rsa_min_bits: 2048,
  token_bytes: 16384,
  verifiers: 32,
} as const

/** The closed list of codes. */
export type AuthErrorCode = keyof typeof CODES

/** How the token was verified: with a published key, or with a shared secret. */
export type AuthMode = 'federated-jwks' | 'legacy-hs256'

/** A signature algorithm (RFC 7518 section 3.1). HS256 is for `legacy-hs256` only. */
export type Algorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'HS256'

/** Who a token speaks for. Times are seconds since the Unix epoch. */
export interface Identity {
  /** The subject, never empty. Unique within `issuer` only. */
  readonly userId: string
  /** `null` means unresolved, never "any tenant". */
  readonly tenantId: string | null
  /** Empty means unprivileged. */
  readonly roles: readonly string[]
  readonly authMode: AuthMode
  readonly expiresAt: number
  /** The payload as it came in. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly email?: string
  readonly issuedAt?: number
  readonly issuer?: string
}

/** What the verified token says of itself. */
export interface TokenFacts {
  readonly alg: string
  readonly scopes: readonly string[]
  /** `machine`: a client's own token, not one of a person (RFC 9068 section 2.2). */
  readonly kind: 'user' | 'machine'
  readonly kid?: string
  readonly typ?: string
  readonly jti?: string
  readonly sid?: string
  /** The client: `azp`, or `client_id` where there is no `azp`. */
  readonly azp?: string
}

/** The state of the keys of one issuer entry (docs/keys.md). */
export type KeyState = 'empty' | 'fresh' | 'aging' | 'stale' | 'dead' | 'static' | 'secret'

/** Which keys decided. */
export interface KeyFacts {
  readonly state: 'fresh' | 'aging' | 'stale' | 'static' | 'secret'
  /** Equal keys have equal generations, in every process. It differs as soon as any key of the set differs. */
  readonly generation: string
}

/** How long the same answer may be given for the same token. */
export interface Reuse {
  /** Seconds since the Unix epoch. */
  readonly until: number
  /** While the keys of the entry have this generation. */
  readonly generation: string
}

/**
 * What was checked, expected and found: for the log of the service, never for the client. Token contents stand here
 * only once the signature was verified.
 */
export interface Details {
  /** The part of the token. */
  readonly part?: 'header' | 'payload' | 'signature'
  /** A fixed word that says more than the code. */
  readonly reason?: string
  /** The claim or header parameter. */
  readonly claim?: string
  /** What passes. */
  readonly expected?: unknown
  /** What was found. */
  readonly actual?: unknown
  /** The time used, seconds since the Unix epoch. */
  readonly now?: number
  /** The clock tolerance used, seconds. */
  readonly leeway?: number
  /** The first name of the issuer entry, of an outage. */
  readonly issuer?: string
  /** Why the last fetch of keys brought nothing: a fixed word. */
  readonly error?: string
}

/** The token passed every check. */
export interface Accepted {
  readonly verdict: 'accepted'
  readonly identity: Identity
  readonly token: TokenFacts
  readonly keys: KeyFacts
  readonly reuse?: Reuse
  /** The issuer entry whose keys should be fetched in the background; the verdict stands. */
  readonly fetch?: number
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** The token, or the request, is refused. */
export interface Rejected {
  readonly verdict: 'rejected'
  readonly code: AuthErrorCode
  /** The HTTP status: 400, 401, 403 or 503. */
  readonly status: number
  /** A fixed public text per code. */
  readonly message: string
  readonly details: Details
  /** The value of `WWW-Authenticate` (RFC 6750 section 3). */
  readonly challenge?: string
  /** The value of `Retry-After`, seconds; there for 503. */
  readonly retry_after?: number
  /** The index of the issuer entry that the verdict is about. */
  readonly issuer?: number
  /** The issuer entry whose keys should be fetched in the background; the verdict stands. */
  readonly fetch?: number
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** No verdict is possible yet: bring keys and ask again. */
export interface KeysNeeded {
  readonly verdict: 'keys_needed'
  /** The index of the issuer entry. */
  readonly issuer: number
  readonly reason: 'no_keys' | 'unknown_key' | 'expired'
  /** Seconds that a caller should be kept waiting. */
  readonly wait: number
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** The answer of `verify`. */
export type Verdict = Accepted | Rejected | KeysNeeded

/** One check of the pipeline, and what came of it. */
export interface Check {
  readonly check: string
  /** The clause of the contract that asks for it (docs/contract/v1.md). */
  readonly clause: string
  /** `pending`: keys are needed first. `not_checked`: `reason` says why. */
  readonly status: 'passed' | 'failed' | 'pending' | 'not_checked'
  /** Whether the signature held before this check. If not, a check that passed says only what the token claims. */
  readonly verified: boolean
  readonly code?: AuthErrorCode
  readonly part?: string
  readonly reason?: string
  readonly claim?: string
  readonly expected?: unknown
  /** Left out for claims, unless values were asked for. */
  readonly found?: unknown
}

/** A verdict with every check that led to it. */
export interface Explained {
  readonly verdict: Verdict
  readonly checks: readonly Check[]
}

/** What stands in a token. Nothing of it is verified. */
export interface Inspection {
  readonly unverified: true
  /** `jws`: signed. `jwe`: encrypted, of which only the header can be read. `opaque`: not a JWT. */
  readonly form: 'jws' | 'jwe' | 'opaque' | 'malformed'
  /** The length of the token. */
  readonly bytes: number
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  readonly signature_bytes?: number
  readonly fault?: Fault
}

/** Why a token could not be decoded, in the words of a rejection. */
export interface Fault {
  readonly code: AuthErrorCode
  readonly part?: string
  readonly reason?: string
}

/** A key of a set that is not used, and why. */
export interface SkippedKey {
  /** Its place in the set. */
  readonly index: number
  /** One of `key_reasons` of the catalogue. */
  readonly reason: string
  readonly kid?: string
}

/** The keys of one issuer entry. */
export interface IssuerStatus {
  /** The allowed names; none for an entry whose tokens have no `iss`. */
  readonly issuer: readonly string[]
  readonly state: KeyState
  /** Tokens of this issuer can be verified now. */
  readonly usable: boolean
  /** Seconds since the keys in force were fetched. */
  readonly age: number | null
  /** How many keys are used. */
  readonly keys: number
  readonly generation: string | null
  readonly skipped: readonly SkippedKey[]
  /** Failed fetches in a row. */
  readonly failures: number
  /** Seconds until the keys are fetched although no token asks. */
  readonly due: number | null
  /** Whether a fetch may begin now. */
  readonly fetch: boolean
  /** Why the last fetch brought no keys: a fixed word, such as `timeout` or `http_503`. */
  readonly error?: string
}

/** The state of all keys of a verifier. */
export interface Status {
  /** `degraded`: some tokens cannot be verified, or soon cannot. */
  readonly health: 'ready' | 'degraded' | 'not_ready'
  /** The earliest `due` of the entries, seconds. */
  readonly due: number | null
  readonly issuers: readonly IssuerStatus[]
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** What became of a record. */
export interface Restored {
  readonly result: 'stored' | 'refused'
  /** The index of the issuer entry. */
  readonly issuer?: number
  readonly generation?: string
  /** A fixed word, when it was refused. */
  readonly reason?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** GET this document. */
export interface FetchStep {
  readonly do: 'fetch'
  readonly what: 'discovery' | 'key_set'
  readonly url: string
  /** The headers to send. */
  readonly headers: Readonly<Record<string, string>>
  /** The names of the headers to report, lower case. */
  readonly report: readonly string[]
  /** Seconds over connect and body. */
  readonly timeout: number
  /** The longest body; of a longer one tell `too_large`. */
  readonly max_bytes: number
  /** Callers that wait may ask again now. */
  readonly settled?: boolean
  /** The header line of the record of what was just told. */
  readonly record?: string
  /** What was just loaded is the record to keep. */
  readonly keep?: boolean
  /** Why what was just told brought nothing: a fixed word. */
  readonly error?: string
  /** The same in one line, for a log. */
  readonly message?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** Get this key from the store. */
export interface LoadStep {
  readonly do: 'load'
  readonly key: string
  /** Seconds that the call may take. */
  readonly timeout: number
  /** Callers that wait may ask again now. */
  readonly settled?: boolean
  /** The header line of the record of what was just told. */
  readonly record?: string
  /** What was just loaded is the record to keep. */
  readonly keep?: boolean
  /** Why what was just told brought nothing: a fixed word. */
  readonly error?: string
  /** The same in one line, for a log. */
  readonly message?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** Take this lock in the store. */
export interface LockStep {
  readonly do: 'lock'
  readonly key: string
  /** Seconds. */
  readonly ttl: number
  /** Seconds that the call may take. */
  readonly timeout: number
  /** Callers that wait may ask again now. */
  readonly settled?: boolean
  /** The header line of the record of what was just told. */
  readonly record?: string
  /** What was just loaded is the record to keep. */
  readonly keep?: boolean
  /** Why what was just told brought nothing: a fixed word. */
  readonly error?: string
  /** The same in one line, for a log. */
  readonly message?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** Put the record of the issuer into the store. */
export interface SaveStep {
  readonly do: 'save'
  readonly key: string
  /** Seconds. */
  readonly ttl: number
  /** Seconds that the call may take. */
  readonly timeout: number
  /** Callers that wait may ask again now. */
  readonly settled?: boolean
  /** The header line of the record of what was just told. */
  readonly record?: string
  /** What was just loaded is the record to keep. */
  readonly keep?: boolean
  /** Why what was just told brought nothing: a fixed word. */
  readonly error?: string
  /** The same in one line, for a log. */
  readonly message?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** Give this lock back. */
export interface UnlockStep {
  readonly do: 'unlock'
  readonly key: string
  /** Seconds that the call may take. */
  readonly timeout: number
  /** Callers that wait may ask again now. */
  readonly settled?: boolean
  /** The header line of the record of what was just told. */
  readonly record?: string
  /** What was just loaded is the record to keep. */
  readonly keep?: boolean
  /** Why what was just told brought nothing: a fixed word. */
  readonly error?: string
  /** The same in one line, for a log. */
  readonly message?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** Wait. */
export interface PauseStep {
  readonly do: 'pause'
  readonly seconds: number
  /** Callers that wait may ask again now. */
  readonly settled?: boolean
  /** The header line of the record of what was just told. */
  readonly record?: string
  /** What was just loaded is the record to keep. */
  readonly keep?: boolean
  /** Why what was just told brought nothing: a fixed word. */
  readonly error?: string
  /** The same in one line, for a log. */
  readonly message?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** The conversation has ended. */
export interface DoneStep {
  readonly do: 'done'
  readonly outcome: 'stored' | 'failed' | 'refused' | 'shared'
  /** Callers that wait may ask again now. */
  readonly settled?: boolean
  /** The header line of the record of what was just told. */
  readonly record?: string
  /** What was just loaded is the record to keep. */
  readonly keep?: boolean
  /** Why what was just told brought nothing: a fixed word. */
  readonly error?: string
  /** The same in one line, for a log. */
  readonly message?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** None may begin now. */
export interface NothingStep {
  readonly do: 'nothing'
  /** Seconds. */
  readonly retry_after: number
  /** Callers that wait may ask again now. */
  readonly settled?: boolean
  /** The header line of the record of what was just told. */
  readonly record?: string
  /** What was just loaded is the record to keep. */
  readonly keep?: boolean
  /** Why what was just told brought nothing: a fixed word. */
  readonly error?: string
  /** The same in one line, for a log. */
  readonly message?: string
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
}

/** What the host does next to bring keys. */
export type Step = FetchStep | LoadStep | LockStep | SaveStep | UnlockStep | PauseStep | DoneStep | NothingStep

/** A document was fetched, or was not. `shared`: another replica had fetched it. */
export interface KeyFetchEvent {
  readonly type: 'keys.fetch'
  /** The first name of the issuer entry. */
  readonly issuer: string
  readonly document: 'discovery' | 'key_set'
  readonly outcome: 'ok' | 'failed' | 'refused' | 'shared'
  /** Seconds. */
  readonly duration: number
  /** A fixed word, when it failed or was refused. */
  readonly reason?: string
}

/** A key set replaced one that had other keys. */
export interface KeysRotatedEvent {
  readonly type: 'keys.rotated'
  /** The first name of the issuer entry. */
  readonly issuer: string
  readonly generation: string
  /** How many keys are used now. */
  readonly keys: number
}

/** The keys of an entry are in another state than before. */
export interface KeyStateEvent {
  readonly type: 'keys.state'
  /** The first name of the issuer entry. */
  readonly issuer: string
  readonly from: KeyState
  readonly to: KeyState
}

/** The shared store failed, and is left alone for 5 s. */
export interface KeyStoreEvent {
  readonly type: 'keys.store'
  readonly outcome: 'failed'
  readonly reason: 'timeout' | 'error'
}

/**
 * A token names a key that the set in force lacks. `unavailable`: the set is too old to tell, and cannot be renewed.
 */
export interface UnknownKidEvent {
  readonly type: 'unknown_kid'
  /** The first name of the issuer entry. */
  readonly issuer: string
  readonly outcome: 'refused' | 'fetching' | 'unavailable'
}

/** What happens to the keys. No event holds a token, a subject or a key id. */
export type Event = KeyFetchEvent | KeysRotatedEvent | KeyStateEvent | KeyStoreEvent | UnknownKidEvent

/** A verifier was opened. */
export interface Opened {
  /** Its handle. */
  readonly verifier: number
  /** SHA-256 (hexadecimal) of the policy in canonical form. */
  readonly fingerprint: string
  readonly issuers: readonly OpenedIssuer[]
}

/** One issuer entry, and where its keys come from. */
export interface OpenedIssuer {
  readonly issuer: readonly string[]
  readonly keys: 'discovery' | 'jwks_uri' | 'static' | 'secret'
}

/** A verifier was closed, if it was open. */
export interface Closed {
  readonly closed: boolean
}

/** A conversation was given up, if there was one. */
export interface Abandoned {
  readonly abandoned: boolean
  /** What happened to the keys; only for a verifier that was opened with events. */
  readonly events?: readonly Event[]
  /** The name of the lock that the conversation held: give it back, once. */
  readonly unlock?: string
}

/** The module refuses what it was given. */
export interface Refusal {
  readonly code: 'INVALID_CALL' | 'INVALID_POLICY' | 'INVALID_CONTRACT'
  readonly message: string
  /** A JSON Pointer (RFC 6901) to the fault. */
  readonly path?: string
}

/** An answer that is an error. */
export interface Refused {
  readonly error: Refusal
}

/** One code of the closed list. */
export interface CodeRow {
  readonly code: AuthErrorCode
  readonly status: number
  readonly message: string
  readonly challenge?: string
}

/** The catalogue of the module. */
export interface About {
  readonly name: string
  readonly version: string
  readonly abi: string
  readonly operations: readonly { readonly operation: string; readonly number: number }[]
  readonly codes: readonly CodeRow[]
  readonly algorithms: readonly string[]
  readonly key_reasons: readonly string[]
  readonly fetch_reasons: readonly string[]
  readonly checks: readonly { readonly check: string; readonly clause: string }[]
  readonly limits: Readonly<Record<string, number>>
}

/** A contract, and the policy of one app. */
export interface ContractAnswer {
  readonly contract: ContractSummary
  readonly app?: string
  readonly environment?: string
  /** What `open` takes. */
  readonly policy?: Readonly<Record<string, unknown>>
  /** Why every token may be refused although the policy is right. */
  readonly warning?: string
}

/** What a contract holds. */
export interface ContractSummary {
  readonly name: string
  readonly version: string
  readonly environments: readonly string[]
  readonly apps: readonly ContractAppRow[]
}

/** One app of a contract. */
export interface ContractAppRow {
  readonly app: string
  readonly client_id: string | null
  readonly audience: readonly string[]
  readonly status: 'active' | 'deprecated' | 'planned' | 'symmetric'
}

/**
 * Names of the top-level claims that make the identity. Defaults: `sub` (legacy: `userId`), `tenantId`, `roles`,
 * `email`.
 */
export interface ClaimNames {
  readonly subject?: string | undefined
  readonly tenant?: string | undefined
  readonly roles?: string | undefined
  readonly email?: string | undefined
}

/** Where the keys of an issuer come from. */
export interface KeySourceOptions {
  /** Where the key set is. Without it (and without `keys`) the discovery document of the first issuer says. */
  readonly jwksUri?: string | undefined
  /** A JWK Set (RFC 7517 section 5): fixed keys, nothing is ever fetched. */
  readonly keys?: JwkSet | undefined
  /** How long, in seconds, keys may serve past their hard age while the issuer is down. Default 3600. */
  readonly staleCap?: number | undefined
}

/** A JWK Set (RFC 7517 section 5). */
export interface JwkSet {
  readonly keys: readonly object[]
}

/** Options that every issuer entry may have. */
export interface EntryOptions {
  /** Allowed `typ` values; `""` stands for an absent one. Default `["", "JWT", "at+jwt"]`. */
  readonly types?: readonly string[] | undefined
  /** Clock tolerance in whole seconds, 0 to 300. Default 60; legacy 0. */
  readonly leeway?: number | undefined
  /** Refuse tokens that were issued longer ago than this many seconds; `iat` is then required. */
  readonly maxAge?: number | undefined
  /** Claims that must be present and not null. */
  readonly requiredClaims?: readonly string[] | undefined
  /** Claim → allowed strings; the claim must equal one of them. */
  readonly claimValues?: Readonly<Record<string, readonly string[]>> | undefined
  /** All of them must be in `scope`. */
  readonly requiredScopes?: readonly string[] | undefined
  /** Allowed `azp`, or `client_id` where there is no `azp`. */
  readonly authorizedParties?: readonly string[] | undefined
  /** Which kinds of subject are accepted. Default both. */
  readonly kinds?: readonly ('user' | 'machine')[] | undefined
  /** Clients whose tokens are machine tokens. */
  readonly machineClients?: readonly string[] | undefined
  readonly claims?: ClaimNames | undefined
}

/** The options of an issuer entry, and what a policy calls them. */
export const ENTRY_OPTIONS = {
  algorithms: 'algorithms',
  audience: 'audience',
  authorizedParties: 'authorized_parties',
  claimValues: 'claim_values',
  claims: 'claims',
  issuer: 'issuer',
  jwksUri: 'jwks_uri',
  keys: 'keys',
  kinds: 'kinds',
  leeway: 'leeway',
  machineClients: 'machine_clients',
  maxAge: 'max_age',
  mode: 'mode',
  requiredClaims: 'required_claims',
  requiredScopes: 'required_scopes',
  secret: 'secret',
  staleCap: 'stale_cap',
  types: 'types',
} as const

/** The options beside the entries, and what a policy calls them. */
export const COMMON_OPTIONS = {
  insecureHosts: 'insecure_hosts',
} as const
