import type { AuthErrorCode } from './errors.js';
import type { Step } from './explanation.js';
import type { Finding } from './findings.js';
import type { Identity, KeyFacts, TokenFacts } from './identity.js';
export interface FetchRequest {
    readonly issuer: number;
    readonly what: 'discovery' | 'key_set';
    readonly url: string;
    readonly reason: 'no_keys' | 'unknown_key' | 'expired' | 'refresh';
    readonly wait: number;
}
export interface Accepted {
    readonly verdict: 'accepted';
    readonly identity: Identity;
    readonly token: TokenFacts;
    readonly keys: KeyFacts;
    readonly fetch?: FetchRequest;
}
export interface Rejected {
    readonly verdict: 'rejected';
    readonly code: AuthErrorCode;
    readonly status: number;
    readonly message: string;
    readonly challenge?: string;
    readonly retry_after?: number;
    readonly details: Readonly<Record<string, unknown>>;
    readonly fetch?: FetchRequest;
}
export interface KeysNeeded {
    readonly verdict: 'keys_needed';
    readonly fetch: FetchRequest;
    readonly otherwise: Rejected;
}
export type Verdict = Accepted | Rejected | KeysNeeded;
export interface Explained {
    readonly verdict: Verdict;
    readonly steps: readonly Step[];
}
/** The members after `contract` are there when an app was named. */
export interface ContractAnswer {
    readonly contract: {
        readonly name: string;
        readonly version: string;
        readonly environments: readonly string[];
        readonly apps: readonly ContractApp[];
    };
    readonly app?: string;
    readonly environment?: string;
    readonly policy?: {
        readonly insecure_hosts?: readonly string[];
        readonly issuers: readonly Readonly<Record<string, unknown>>[];
    };
    readonly warning?: string;
}
export interface ContractApp {
    readonly app: string;
    readonly client_id: string | null;
    readonly audience: readonly string[];
    readonly status: string;
}
/** What the module wants to see. */
export interface Wanted {
    readonly what: 'discovery' | 'key_set';
    readonly issuer?: string;
    readonly url: string;
}
export interface Diagnosed {
    readonly findings: readonly Finding[];
    readonly wanted: readonly Wanted[];
}
export interface Opened {
    readonly verifier: number;
    readonly fingerprint: string;
    readonly issuers: readonly {
        readonly issuer: readonly string[];
    }[];
}
export interface Refused {
    readonly error: {
        readonly code: string;
        readonly message: string;
        readonly path?: string;
    };
}
export type OfferAnswer = {
    readonly result: 'stored';
    readonly generation: number;
} | {
    readonly result: 'fetch';
    readonly fetch: FetchRequest;
} | {
    readonly result: 'refused';
    readonly reason: string;
};
/** A key of a set that is not used, and why (`key_reasons` in the module's catalogue). */
export interface SkippedKey {
    readonly index: number;
    readonly kid?: string;
    readonly reason: string;
}
/** The keys of one issuer entry. `age` is in seconds, `null` without a set. */
export interface IssuerStatus {
    readonly issuer: readonly string[] | string | null;
    readonly state: 'empty' | 'fresh' | 'aging' | 'stale' | 'dead' | 'static' | 'secret';
    readonly age: number | null;
    readonly keys: number;
    readonly generation: number;
    readonly skipped: readonly SkippedKey[];
    /** Failed fetches in a row. */
    readonly failures: number;
    /** Seconds until the keys are fetched although no token asks; `null` where there is nothing to keep. */
    readonly due: number | null;
    /** What should be fetched now. */
    readonly fetch: FetchRequest | null;
}
export interface About {
    readonly name: string;
    readonly version: string;
    readonly abi: string;
    readonly codes: readonly CodeRow[];
    readonly algorithms: readonly string[];
    readonly key_reasons: readonly string[];
    readonly steps: readonly {
        readonly step: string;
        readonly clause: string;
    }[];
    readonly limits: {
        readonly token_bytes: number;
        readonly key_set_bytes: number;
        readonly fetch_timeout: number;
    };
}
export interface CodeRow {
    readonly code: AuthErrorCode;
    readonly status: number;
    readonly message: string;
    readonly challenge?: string;
}
