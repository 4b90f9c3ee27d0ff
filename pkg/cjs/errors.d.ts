/** The closed list of codes; a test compares it with the module's catalogue. */
export declare const AUTH_ERROR_CODES: readonly ["ALGORITHM_NOT_ALLOWED", "ENCRYPTED_TOKEN", "EXPIRED", "FORBIDDEN", "INSUFFICIENT_SCOPE", "INVALID_AUDIENCE", "INVALID_CLAIM", "INVALID_ISSUER", "INVALID_REQUEST", "INVALID_SIGNATURE", "JWKS_UNAVAILABLE", "MALFORMED", "MISSING_CLAIM", "NOT_ACTIVE", "NO_TOKEN", "REVOKED", "TOKEN_TOO_LARGE", "TOKEN_TOO_OLD", "UNKNOWN", "UNKNOWN_KEY", "UNSUITABLE_KEY", "UNSUPPORTED_HEADER", "VERIFIER_UNAVAILABLE", "WRONG_TOKEN_TYPE"];
export type AuthErrorCode = (typeof AUTH_ERROR_CODES)[number];
/** What was checked, expected and found; token contents stand here only once the signature was verified. */
export interface ErrorDetails {
    /** A fixed word that says more than the code. */
    readonly reason?: string;
    /** The part of the token: `header`, `payload` or `signature`. */
    readonly part?: string;
    readonly claim?: string;
    readonly expected?: unknown;
    readonly actual?: unknown;
    readonly [name: string]: unknown;
}
/** The HTTP body every host sends. */
export interface ErrorBody {
    readonly error: string;
    readonly code: AuthErrorCode;
}
/** The parts of an `AuthError`, as the module words them. */
export interface Rejection {
    readonly code: AuthErrorCode;
    readonly status: number;
    readonly message: string;
    readonly challenge?: string;
    readonly retry_after?: number;
    readonly details: ErrorDetails;
}
/** A token was refused, or no verdict was possible. */
export declare class AuthError extends Error {
    readonly name = "AuthError";
    readonly code: AuthErrorCode;
    /** The HTTP status: 400, 401, 403 or 503. */
    readonly status: number;
    /** For the caller's log, never for the client. */
    readonly details: ErrorDetails;
    /** The value of `WWW-Authenticate` (RFC 6750 section 3); not there for 503. */
    readonly challenge: string | undefined;
    /** The value of `Retry-After`, in seconds; there for 503. */
    readonly retryAfter: number | undefined;
    constructor(rejection: Rejection, cause?: unknown);
    static [Symbol.hasInstance](value: unknown): boolean;
    /** The public body; details stay out of it. */
    toJSON(): ErrorBody;
}
/** The options of a verifier are refused. */
export declare class PolicyError extends Error {
    readonly name: 'PolicyError' | 'ContractError';
    readonly code: 'INVALID_POLICY' | 'INVALID_CONTRACT';
    /** A JSON Pointer (RFC 6901) to the fault, in the words of docs/abi.md; empty for the whole. */
    readonly path: string;
    constructor(message: string, path: string, cause?: unknown);
}
/** A contract is refused; `path` points into it, or, where it begins with `/app`, `/environment` or `/options`, into the request. */
export declare class ContractError extends PolicyError {
    readonly name = "ContractError";
    readonly code = "INVALID_CONTRACT";
}
/** The WebAssembly module cannot be used: it speaks another interface, or does not open at all. */
export declare class EngineError extends Error {
    readonly name = "EngineError";
}
