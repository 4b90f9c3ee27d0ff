import type { FetchRequest, IssuerStatus } from './answers.js';
import type { Observer } from './observer.js';
import type { SnapshotEntry } from './snapshot.js';
import { GuardedStore } from './store.js';
/** Key sets in and out of the verifier; all of them may throw. */
export interface SharingPort {
    /** Takes in what the store has; whether it brought what was wanted. */
    take(request: FetchRequest, text: string): boolean;
    /** What was fetched, for the others. */
    entry(issuer: number): SnapshotEntry | undefined;
}
export declare class Sharing {
    #private;
    /** `urls` are those where the fetches of each issuer begin; a fetch may take `seconds`. */
    constructor(store: GuardedStore, port: SharingPort, urls: readonly string[], seconds: number);
    /** Whether the store brought what was wanted. If not, fetch, and then call `done`. Never rejects. */
    bring(request: FetchRequest, isClosed: () => boolean): Promise<boolean>;
    /** Puts what was fetched, if it was, and gives back the lock. Never rejects. */
    done(issuer: number, stored: boolean): Promise<void>;
}
/** The sharing of a verifier that has a store. `status` tells of it before it has any keys. */
export declare function sharingOf(store: unknown, port: SharingPort, observer: Observer, status: () => readonly IssuerStatus[], seconds: number): Sharing | undefined;
