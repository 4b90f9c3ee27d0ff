import type { KeyStore } from './store.js';
export type { KeyStore } from './store.js';
/** The part of a client that is used; those of node-redis and ioredis fit, single or cluster. */
export interface RedisClient {
    get(key: string): Promise<any>;
    set(...args: any[]): Promise<any>;
    eval(...args: any[]): Promise<any>;
}
export interface RedisStoreOptions {
    /** Put before every name; replicas share what has the same one. Default: none. */
    readonly prefix?: string | undefined;
}
/** The option `store` of a verifier. Needs the commands GET, SET and EVAL. Throws PolicyError for what is no client. */
export declare function redisStore(client: RedisClient, { prefix }?: RedisStoreOptions): Required<KeyStore>;
