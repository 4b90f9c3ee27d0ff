import type { Explained, IssuerStatus, OfferAnswer, Verdict } from './answers.js';
import type { Door, Form, Offer, Restored } from './engine.js';
import type { FetchedSet } from './snapshot.js';
export declare class Session {
    #private;
    readonly fingerprint: string;
    /** Throws PolicyError for a policy the module refuses, EngineError for a module that cannot be used. */
    constructor(policy: string, instantiate: () => Door);
    /** The allowed names of an entry. */
    names(issuer: number): readonly string[] | undefined;
    /** Every method below throws Broken when the instance was lost on the way. */
    verify(form: Form, now: number, text: string): Verdict;
    explain(form: Form, values: boolean, now: number, text: string): Explained;
    /** The last answer as it came, byte for byte. */
    lastText(): string;
    fetchStarted(issuer: number, now: number): boolean;
    offer(offer: Offer): OfferAnswer;
    restore(restored: Restored): OfferAnswer;
    /** The key set in force, as it was fetched. */
    fetchedSet(issuer: number): FetchedSet | undefined;
    fetchFailed(issuer: number, now: number, retryAfter: number): void;
    /** A fetch ended, and nobody knows when. */
    fetchAbandoned(issuer: number): void;
    status(now: number): readonly IssuerStatus[];
}
