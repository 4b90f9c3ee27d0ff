import type { KeyStoreEvent } from './events.js';
/** What the option `store` must be. Whoever can write to it decides which keys are trusted. */
export interface KeyStore {
    get(key: string): Promise<string | null | undefined>;
    /** `ttl` in seconds. */
    put(key: string, value: string, ttl: number): Promise<unknown>;
    /** Whether the lock was free, and is now the caller's for `ttl` seconds. Without it, replicas share without waiting. */
    lock?(key: string, ttl: number): Promise<boolean>;
    /** Gives back a lock that `lock` gave. */
    unlock?(key: string): Promise<unknown>;
}
export declare class GuardedStore {
    #private;
    /** Throws PolicyError for what is no store. */
    constructor(store: unknown, onFailure: (reason: KeyStoreEvent['reason']) => void);
    get canLock(): boolean;
    /** Undefined when there is no value, and when the store fails. */
    get(key: string): Promise<string | undefined>;
    put(key: string, value: string, ttl: number): Promise<void>;
    /** Undefined when the store fails. */
    lock(key: string, ttl: number): Promise<boolean | undefined>;
    unlock(key: string): Promise<void>;
}
