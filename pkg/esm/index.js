// The public names of `@fuzefront/authn`.
import { instantiate } from './engine.js';
import { Verifier } from './verifier.js';
/** Makes a verifier, synchronously. Throws PolicyError for options that are refused. */
export function createVerifier(options) {
    return new Verifier(options, instantiate);
}
export { AUTH_ERROR_CODES, AuthError, EngineError, PolicyError } from './errors.js';
