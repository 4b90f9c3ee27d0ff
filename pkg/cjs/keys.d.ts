import type { FetchRequest, OfferAnswer } from './answers.js';
import type { DownloadLimits, Fetch } from './download.js';
import type { Offer } from './engine.js';
/** What the module is told; `now` throws when the clock gives no time. */
export interface KeyPort {
    now(): number;
    fetchStarted(issuer: number, now: number): boolean;
    offer(offer: Offer): OfferAnswer;
    fetchFailed(issuer: number, now: number, retryAfter: number): void;
}
export declare class KeyFetcher {
    #private;
    constructor(port: KeyPort, fetch: Fetch | undefined, limits: DownloadLimits);
    /** Why the last fetch (for this issuer) brought nothing. */
    failure(issuer?: number): Error | undefined;
    /** The fetch under way for this issuer. */
    running(issuer: number): Promise<void> | undefined;
    /** Joins or starts a fetch. Undefined when none may be made now; the promise never rejects. */
    run(request: FetchRequest): Promise<void> | undefined;
    /** Gives up what is under way; nothing is fetched any more. */
    close(): void;
}
