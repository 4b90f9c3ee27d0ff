import type { FetchRequest, OfferAnswer } from './answers.js';
import type { DownloadLimits, Fetch } from './download.js';
import type { Offer } from './engine.js';
import type { KeyFetchEvent } from './events.js';
import { KeyFailure } from './failure.js';
import type { Sharing } from './sharing.js';
/** What the module is told; `now` throws when the clock gives no time. */
export interface KeyPort {
    now(): number;
    fetchStarted(issuer: number, now: number): boolean;
    offer(offer: Offer): OfferAnswer;
    fetchFailed(issuer: number, now: number, retryAfter: number): void;
    /** A fetch ended while the clock gives no time. */
    fetchAbandoned(issuer: number): void;
    /** The allowed names of an entry. */
    names(issuer: number): readonly string[] | undefined;
    /** What came of one document; the keys may have changed. */
    fetched?(issuer: number, fetch: FetchFacts): void;
    /** A fetch ended, whatever came of it. */
    ended?(): void;
}
/** A fetch, as the event of it tells. */
export type FetchFacts = Omit<KeyFetchEvent, 'type' | 'issuer'>;
export declare class KeyFetcher {
    #private;
    constructor(port: KeyPort, fetch: Fetch | undefined, limits: DownloadLimits, sharing?: Sharing);
    /** Why the last fetch (for this issuer) brought nothing; undefined once one brought keys. */
    failure(issuer?: number): KeyFailure | undefined;
    /** The fetch under way for this issuer. */
    running(issuer: number): Promise<unknown> | undefined;
    /** Joins or starts a fetch. Undefined when none may be made now; the promise never rejects. */
    run(request: FetchRequest): Promise<unknown> | undefined;
    /** Gives up what is under way; nothing is fetched any more. */
    close(): void;
}
