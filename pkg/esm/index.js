// The public names of `@fuzefront/authn`.
import { instantiate } from './engine.js';
import { Verifier } from './verifier.js';
/** Makes a verifier, synchronously. Throws PolicyError for options, ContractError for a contract, that is refused. */
export function createVerifier(options) {
    return new Verifier(options, instantiate);
}
export { familyContract } from './contract.js';
export { AUTH_ERROR_CODES, AuthError, ContractError, EngineError, PolicyError } from './errors.js';
export { inspect } from './inspection.js';
