// What can go wrong. Callers branch on `code`, never on the message; texts and statuses come from the module.
/** The closed list of codes; a test compares it with the module's catalogue. */
export const AUTH_ERROR_CODES = [
    'ALGORITHM_NOT_ALLOWED',
    'ENCRYPTED_TOKEN',
    'EXPIRED',
    'FORBIDDEN',
    'INSUFFICIENT_SCOPE',
    'INVALID_AUDIENCE',
    'INVALID_CLAIM',
    'INVALID_ISSUER',
    'INVALID_REQUEST',
    'INVALID_SIGNATURE',
    'JWKS_UNAVAILABLE',
    'MALFORMED',
    'MISSING_CLAIM',
    'NOT_ACTIVE',
    'NO_TOKEN',
    'REVOKED',
    'TOKEN_TOO_LARGE',
    'TOKEN_TOO_OLD',
    'UNKNOWN',
    'UNKNOWN_KEY',
    'UNSUITABLE_KEY',
    'UNSUPPORTED_HEADER',
    'VERIFIER_UNAVAILABLE',
    'WRONG_TOKEN_TYPE',
];
// The package may be loaded twice in one process, as ES module and as CommonJS; `instanceof` must hold for both.
const BRAND = Symbol.for('@fuzefront/authn/AuthError');
/** A token was refused, or no verdict was possible. */
export class AuthError extends Error {
    name = 'AuthError';
    code;
    /** The HTTP status: 400, 401, 403 or 503. */
    status;
    /** For the caller's log, never for the client. */
    details;
    /** The value of `WWW-Authenticate` (RFC 6750 section 3); not there for 503. */
    challenge;
    /** The value of `Retry-After`, in seconds; there for 503. */
    retryAfter;
    constructor(rejection, cause) {
        super(rejection.message, cause === undefined ? undefined : { cause });
        this.code = rejection.code;
        this.status = rejection.status;
        this.details = rejection.details;
        this.challenge = rejection.challenge;
        this.retryAfter = rejection.retry_after;
        Object.defineProperty(this, BRAND, { value: true });
    }
    static [Symbol.hasInstance](value) {
        if (this !== AuthError)
            return Function.prototype[Symbol.hasInstance].call(this, value);
        return typeof value === 'object' && value !== null && BRAND in value;
    }
    /** The public body; details stay out of it. */
    toJSON() {
        return { error: this.message, code: this.code };
    }
}
/** The options of a verifier are refused. */
export class PolicyError extends Error {
    name = 'PolicyError';
    code = 'INVALID_POLICY';
    /** A JSON Pointer (RFC 6901) to the fault, in the words of docs/abi.md; empty for the whole. */
    path;
    constructor(message, path, cause) {
        super(path === '' ? message : `\`${path}\` ${message}`, cause === undefined ? undefined : { cause });
        this.path = path;
    }
}
/** A contract is refused; `path` points into it, or, where it begins with `/app`, `/environment` or `/options`, into the request. */
export class ContractError extends PolicyError {
    name = 'ContractError';
    code = 'INVALID_CONTRACT';
}
/** The WebAssembly module cannot be used: it speaks another interface, or does not open at all. */
export class EngineError extends Error {
    name = 'EngineError';
}
