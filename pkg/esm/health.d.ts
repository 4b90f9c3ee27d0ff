import type { IssuerStatus } from './answers.js';
/** The keys of one entry after `ready`. */
export interface ReadyStatus extends IssuerStatus {
    /** Tokens of this issuer can be verified now. */
    readonly usable: boolean;
    /** Why the last fetch brought no keys: a fixed word, such as `timeout` or `http_503`. */
    readonly error?: string;
}
export interface IssuerHealth {
    readonly issuer: IssuerStatus['issuer'];
    readonly state: IssuerStatus['state'];
    /** Seconds since the keys in force were fetched; `null` without keys. */
    readonly age: number | null;
    readonly keys: number;
    /** Failed fetches in a row. */
    readonly failures: number;
    /** Why the last fetch brought no keys. */
    readonly error?: string;
}
/** `degraded`: some tokens cannot be verified, or soon cannot. Restarting the process would not help. */
export interface Health {
    readonly status: 'ready' | 'degraded' | 'not_ready';
    readonly issuers: readonly IssuerHealth[];
}
/** Finds why the last fetch for an entry failed. */
type ErrorOf = (issuer: number) => string | undefined;
/** Whether there are keys that may be used. */
export declare function isUsable({ state }: Pick<IssuerStatus, 'state'>): boolean;
export declare function readyOf(issuers: readonly IssuerStatus[], errorOf: ErrorOf): ReadyStatus[];
/** Without entries, as after closing, nothing is ready. */
export declare function healthOf(issuers: readonly IssuerStatus[], errorOf: ErrorOf): Health;
export {};
