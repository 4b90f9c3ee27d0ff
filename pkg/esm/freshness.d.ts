/**
 * Seconds left of `Cache-Control: max-age` after `Age` (RFC 9111 section 4.2), or -1. None are left of what must not be
 * stored or reused (section 5.2.2); the module has a minimum.
 */
export declare function maxAgeLeft(cacheControl: string | null, age: string | null): number;
/** Seconds of `Retry-After`, which may be a date (RFC 9110 section 10.2.3), or -1. */
export declare function retryAfterSeconds(retryAfter: string | null, now: number): number;
