import type { About, ContractAnswer, Diagnosed, Explained, IssuerStatus } from './answers.js';
import type { OfferAnswer, Opened, Refused, Verdict } from './answers.js';
import type { UnverifiedToken } from './inspection.js';
export declare const FORM: {
    readonly token: 0;
    readonly authorization: 1;
};
export type Form = (typeof FORM)[keyof typeof FORM];
/** The exports of the module. */
export interface Door {
    readonly memory: {
        readonly buffer: ArrayBuffer;
    };
    authn_abi_version(): number;
    authn_buffer(): number;
    authn_buffer_size(): number;
    authn_about(): number;
    authn_open(length: number): number;
    authn_close(verifier: number): number;
    authn_verify(verifier: number, form: number, now: number, length: number): number;
    authn_fetch_started(verifier: number, issuer: number, now: number): number;
    authn_offer(verifier: number, issuer: number, what: number, now: number, maxAge: number, jitter: number, length: number): number;
    authn_restore(verifier: number, issuer: number, now: number, fetched: number, maxAge: number, jitter: number, length: number): number;
    authn_fetch_failed(verifier: number, issuer: number, now: number, retryAfter: number, jitter: number): number;
    authn_fetch_abandoned(verifier: number, issuer: number, now: number): number;
    authn_status(verifier: number, now: number): number;
    authn_explain(verifier: number, form: number, values: number, now: number, length: number): number;
    authn_inspect(length: number): number;
    authn_contract(length: number): number;
    authn_diagnose(length: number): number;
}
/** A fetched body and what the module was told with it. Durations in seconds, negative for "not given". */
export interface Offer {
    readonly issuer: number;
    readonly what: 'discovery' | 'key_set';
    readonly body: Uint8Array;
    readonly now: number;
    readonly maxAge: number;
    readonly jitter: number;
}
/** A key set that was fetched at another time, or by another instance. */
export interface Restored extends Offer {
    readonly what: 'key_set';
    readonly fetched: number;
}
/** The instance trapped, or answered what no sound module answers: it must not be used again. */
export declare class Broken extends Error {
    readonly name = "Broken";
}
export declare class Engine {
    #private;
    /** Throws EngineError for a module that speaks another interface. */
    constructor(door?: Door);
    about(): About;
    open(policy: string): Opened | Refused;
    /** A text that does not fit is cut: what is left is longer than any token the module reads, so it says so. */
    verify(verifier: number, form: Form, now: number, text: string): Verdict;
    /** Like `verify`, on bytes: what no text can express. */
    verifyBytes(verifier: number, form: Form, now: number, bytes: Uint8Array): Verdict;
    fetchStarted(verifier: number, issuer: number, now: number): {
        readonly allowed: boolean;
    };
    offer(verifier: number, { issuer, what, body, now, maxAge, jitter }: Offer): OfferAnswer;
    restore(verifier: number, { issuer, body, now, fetched, maxAge, jitter }: Restored): OfferAnswer;
    fetchFailed(verifier: number, issuer: number, now: number, retryAfter: number, jitter: number): unknown;
    fetchAbandoned(verifier: number, issuer: number, now: number): unknown;
    status(verifier: number, now: number): {
        readonly issuers: readonly IssuerStatus[];
    };
    /** Like `verify`, with every step; changes nothing. */
    explain(verifier: number, form: Form, values: boolean, now: number, text: string): Explained;
    /** A text that does not fit is cut, as for `verify`. */
    inspect(text: string): UnverifiedToken;
    contract(request: string): ContractAnswer | Refused;
    /** Throws EngineError for a request beyond `size`. */
    diagnose(request: string): Diagnosed | Refused;
    close(verifier: number): boolean;
    /** The largest message, in bytes. */
    get size(): number;
    /** The bytes of the last answer; a view that the next call overwrites. */
    lastAnswer(): Uint8Array;
    /** The last answer as it came. */
    lastText(): string;
}
/** SHA-256 of the module's bytes, hexadecimal. */
export declare function moduleDigest(): string;
/** A new instance of the module that the package carries, compiled once per process. */
export declare function instantiate(): Door;
