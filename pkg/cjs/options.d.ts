import type { Fetch } from './download.js';
import type { EventListener } from './events.js';
import type { Snapshot } from './snapshot.js';
import type { KeyStore } from './store.js';
import type { Identity, TokenFacts } from './identity.js';
export type Algorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';
/** A JWK Set (RFC 7517 section 5). */
export interface JwkSet {
    readonly keys: readonly object[];
}
interface EntryOptions {
    /** Allowed `typ` values; `''` stands for an absent one. Default `['', 'JWT', 'at+jwt']`. */
    readonly types?: readonly string[] | undefined;
    /** Clock tolerance in whole seconds, 0 to 300. Default 60; legacy 0. */
    readonly leeway?: number | undefined;
    /** Refuse tokens issued longer ago than this many seconds; `iat` is then required. */
    readonly maxAge?: number | undefined;
    /** Claims that must be present and not null. */
    readonly requiredClaims?: readonly string[] | undefined;
    /** Claim → allowed strings; the claim must equal one of them. */
    readonly claimValues?: Readonly<Record<string, readonly string[]>> | undefined;
    /** All of them must be in `scope`. */
    readonly requiredScopes?: readonly string[] | undefined;
    /** Allowed `azp`, or `client_id` where there is no `azp`. */
    readonly authorizedParties?: readonly string[] | undefined;
    /** Which kinds of subject are accepted. Default both. */
    readonly kinds?: readonly ('user' | 'machine')[] | undefined;
    /** Clients whose tokens are machine tokens. */
    readonly machineClients?: readonly string[] | undefined;
    /** Names of the top-level claims that make the identity. */
    readonly claims?: ClaimNames | undefined;
}
/** Defaults: `sub` (legacy: `userId`), `tenantId`, `roles`, `email`. */
export interface ClaimNames {
    readonly subject?: string | undefined;
    readonly tenant?: string | undefined;
    readonly roles?: string | undefined;
    readonly email?: string | undefined;
}
interface KeySource {
    /** Where the key set is; without it (and without `keys`) the first issuer's discovery document says. */
    readonly jwksUri?: string | undefined;
    /** Fixed keys: nothing is ever fetched. */
    readonly keys?: JwkSet | undefined;
    /** How long, in seconds, keys may serve past their hard age while the issuer is down. Default 3600. */
    readonly staleCap?: number | undefined;
}
/** Tokens signed with a key that the issuer publishes. */
export interface FederatedIssuer extends EntryOptions, KeySource {
    readonly mode?: 'federated-jwks' | undefined;
    /** Allowed values of `iss`, compared byte for byte. */
    readonly issuer: string | readonly string[];
    /** One of these must be in `aud`. */
    readonly audience: string | readonly string[];
    /** Default: all of them. */
    readonly algorithms?: readonly Algorithm[] | undefined;
    readonly secret?: undefined;
}
/** Tokens signed with a shared secret (HS256): whoever can verify them can make them. */
export interface LegacyIssuer extends EntryOptions {
    readonly mode: 'legacy-hs256';
    /** At least 32 bytes; a string is taken as UTF-8 text, as jsonwebtoken does. */
    readonly secret: Uint8Array | string;
    /** `null`: a token must have no `iss`. */
    readonly issuer: string | readonly string[] | null;
    /** `null`: `aud` is not checked. */
    readonly audience: string | readonly string[] | null;
    readonly algorithms?: readonly 'HS256'[] | undefined;
}
export type IssuerOptions = FederatedIssuer | LegacyIssuer;
/** One app of a contract: issuers, audience and algorithms stand there, and cannot be given beside it. */
export interface ContractApp extends EntryOptions, KeySource {
    /** A contract document, parsed; `familyContract()` is the one of the family. */
    readonly contract: object;
    readonly app: string;
    /** May be left out where the contract has one only. */
    readonly environment?: string | undefined;
    readonly mode?: undefined;
    readonly issuer?: undefined;
    readonly audience?: undefined;
    readonly algorithms?: undefined;
    readonly secret?: undefined;
}
/** What does not depend on the issuer. */
export interface CommonOptions {
    /** `host` or `host:port` that keys may be fetched from over plain http; loopback always may. */
    readonly insecureHosts?: readonly string[] | undefined;
    /** Seconds since the Unix epoch. Default: the system's clock. */
    readonly clock?: (() => number) | undefined;
    /**
     * Keys are fetched when they are due although no token asks, so that none has to wait. It keeps no process alive.
     * Default: `true` in Node, `false` in a browser.
     */
    readonly backgroundRefresh?: boolean | undefined;
    /** Default: `globalThis.fetch`. */
    readonly fetch?: Fetch | undefined;
    /** Told of every check and of whatever happens to the keys; what it throws is ignored. */
    readonly onEvent?: EventListener | undefined;
    /** `true` refuses the token (REVOKED); throwing is an outage (VERIFIER_UNAVAILABLE). */
    readonly isRevoked?: ((identity: Identity, token: TokenFacts) => boolean | Promise<boolean>) | undefined;
    /** Key sets of an earlier process, from `verifier.snapshot()`. What is too old or does not fit is left out. */
    readonly snapshot?: Snapshot | undefined;
    /** Fetched keys that replicas share. Whoever can write to it decides which keys are trusted. */
    readonly store?: KeyStore | undefined;
    /** Returns the identity, enriched; throwing is an outage (VERIFIER_UNAVAILABLE). */
    readonly resolve?: ((identity: Identity, token: TokenFacts) => Identity | Promise<Identity>) | undefined;
}
/** One issuer entry spelt out, or several in `issuers`, or one app of a contract. */
export type VerifierOptions = (CommonOptions & IssuerOptions & {
    readonly issuers?: undefined;
    readonly contract?: undefined;
}) | (CommonOptions & ContractApp & {
    readonly issuers?: undefined;
}) | (CommonOptions & {
    readonly issuers: readonly IssuerOptions[];
    readonly issuer?: undefined;
    readonly audience?: undefined;
    readonly contract?: undefined;
});
declare const FUNCTIONS: readonly ["clock", "fetch", "isRevoked", "onEvent", "resolve"];
declare const OBJECTS: readonly ["snapshot", "store"];
declare const SWITCHES: readonly ["backgroundRefresh"];
/** The options that stay in the host. */
export type HostOptions = Pick<CommonOptions, (typeof FUNCTIONS)[number] | (typeof OBJECTS)[number] | (typeof SWITCHES)[number]>;
/** The policy document. Throws PolicyError for an unknown option, and for what has no JSON form. */
export declare function policyOf(options: VerifierOptions): string;
/** The request for the policy of a contract's app. Throws as `policyOf`. */
export declare function contractRequestOf(options: VerifierOptions): string;
export {};
