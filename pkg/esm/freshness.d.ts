/** Two headers of one answer, as they came. */
export interface RetryAfter {
    readonly retryAfter: string | null;
    readonly date: string | null;
}
/** Of no answer. */
export declare const UNTOLD: RetryAfter;
/**
 * Seconds left of `Cache-Control: max-age` after `Age` (RFC 9111 section 4.2), or -1. None are left of what must not be
 * stored or reused (section 5.2.2); the module has a minimum.
 */
export declare function maxAgeLeft(cacheControl: string | null, age: string | null): number;
/**
 * Seconds of `Retry-After`, which may be a date (RFC 9110 section 10.2.3), or -1. A date is counted from the server's own
 * `Date`, as it was taken from the server's clock; from `now` where that is missing.
 */
export declare function retryAfterSeconds({ retryAfter, date }: RetryAfter, now: number): number;
