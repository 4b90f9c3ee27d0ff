import type { IssuerStatus } from './answers.js';
import type { AuthErrorCode } from './errors.js';
/** A document was fetched, or was not. `shared`: another replica had fetched it, and the store had it. */
export interface KeyFetchEvent {
    readonly type: 'keys.fetch';
    /** The first name of the issuer entry. */
    readonly issuer: string;
    readonly document: 'discovery' | 'key_set';
    readonly outcome: 'ok' | 'failed' | 'refused' | 'shared';
    /** A fixed word, when it failed or was refused. */
    readonly reason?: string;
    /** Seconds. */
    readonly duration: number;
}
/** A key set replaced one that had other keys. */
export interface KeysRotatedEvent {
    readonly type: 'keys.rotated';
    readonly issuer: string;
    readonly generation: number;
    /** How many keys can be used now. */
    readonly keys: number;
}
/** The keys of an entry were seen in another state than before. */
export interface KeyStateEvent {
    readonly type: 'keys.state';
    readonly issuer: string;
    readonly from: IssuerStatus['state'];
    readonly to: IssuerStatus['state'];
}
/** The shared store failed, and is left alone for a while. */
export interface KeyStoreEvent {
    readonly type: 'keys.store';
    readonly outcome: 'failed';
    readonly reason: 'timeout' | 'error';
}
/** A token names a key that the set in force lacks. `unavailable`: the set is too old to tell, and cannot be renewed. */
export interface UnknownKidEvent {
    readonly type: 'unknown_kid';
    readonly issuer: string;
    readonly outcome: 'refused' | 'fetching' | 'unavailable';
}
/** One check, with its hooks and the wait for keys. */
export interface VerifyEvent {
    readonly type: 'verify';
    readonly outcome: 'accepted' | 'rejected' | 'unavailable';
    /** `null` when accepted. */
    readonly code: AuthErrorCode | null;
    /** Of an accepted token; what a rejected one says of itself is anybody's text. */
    readonly algorithm: string | null;
    /** Seconds. */
    readonly duration: number;
}
/** The contract gives a policy, and warns of the app: its tokens may all be refused. Told once, at the start. */
export interface ContractWarningEvent {
    readonly type: 'contract.warning';
    readonly app: string;
    readonly environment: string;
    readonly message: string;
}
export type AuthEvent = ContractWarningEvent | KeyFetchEvent | KeysRotatedEvent | KeyStateEvent | KeyStoreEvent | UnknownKidEvent | VerifyEvent;
/** Called synchronously; what it throws or rejects with is ignored. */
export type EventListener = (event: AuthEvent) => void;
/** Tells a listener; whatever it does, nothing comes back. */
export declare function tell(listener: EventListener, event: AuthEvent): void;
/** Seconds since a moment of `performance.now()`. */
export declare function secondsSince(started: number): number;
