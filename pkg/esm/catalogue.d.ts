import type { About } from './answers.js';
import { AuthError } from './errors.js';
import type { AuthErrorCode, ErrorDetails } from './errors.js';
/** What the module says about itself; read once per process. */
export declare function about(): About;
/** An error in the words of the catalogue. `scopes` are named in the challenge (RFC 6750 section 3). */
export declare function authError(code: AuthErrorCode, details?: ErrorDetails, { scopes, cause }?: {
    readonly scopes?: readonly string[];
    readonly cause?: unknown;
}): AuthError;
