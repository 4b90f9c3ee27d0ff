import type { Fetch } from './download.js';
import type { Finding } from './findings.js';
import type { VerifierOptions } from './options.js';
import type { Verifier } from './verifier.js';
/** All of it may be left out, but not at once. */
export interface Symptoms {
    /** The verifier in question, or its options. Without them, the token's own issuer is looked at. */
    readonly policy?: Verifier | VerifierOptions | undefined;
    readonly token?: string | undefined;
    /** A discovery document that is at hand, as text: it is not fetched then. */
    readonly discovery?: string | undefined;
    /** A key set that is at hand, as text: it is not fetched then. */
    readonly keySet?: string | undefined;
    /** A page that loads the verifier: whether its Content-Security-Policy lets it. */
    readonly page?: string | undefined;
    /** Fetch nothing. */
    readonly offline?: boolean | undefined;
    /** Default: `globalThis.fetch`. */
    readonly fetch?: Fetch | undefined;
    /** Seconds since the Unix epoch. Default: the system's clock. */
    readonly clock?: (() => number) | undefined;
}
/** What was found, the gravest first. Throws PolicyError for a policy that is refused. */
export declare function diagnose(symptoms: Symptoms): Promise<readonly Finding[]>;
export type { Fetch, FetchInit, FetchResponse } from './download.js';
export type { Finding, Severity } from './findings.js';
