import { AuthError } from './errors.js';
/** Keys could not be had. */
export declare class KeyFailure extends Error {
    readonly name = "KeyFailure";
    readonly reason: string;
    constructor(reason: string, message: string, cause?: unknown);
}
/** The word for a fetch that failed: `http_503`, `redirect`, or one of the doctor's words. */
export declare function fetchReason(failure: unknown): string;
/** The word for a call of the module that failed. */
export declare function callReason(error: unknown): string;
/** What a caller gets instead of a verdict when a call of the module failed. */
export declare function unavailable(error: unknown): AuthError;
