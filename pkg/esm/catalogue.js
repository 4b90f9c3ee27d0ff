// Status, message and challenge of every code, as the module words them; the host keeps no copy. For the codes
// that only hosts use: FORBIDDEN, INSUFFICIENT_SCOPE of a route, REVOKED, VERIFIER_UNAVAILABLE.
import { AuthError, EngineError } from './errors.js';
import { once } from './stateless.js';
const RETRY_AFTER = 1;
/** What the module says about itself; read once per process. */
export function about() {
    shared ??= once((engine) => engine.about());
    return shared;
}
/** An error in the words of the catalogue. `scopes` are named in the challenge (RFC 6750 section 3). */
export function authError(code, details = {}, { scopes = [], cause } = {}) {
    const { challenge, ...row } = codeRow(code);
    const named = scopes.length === 0 ? '' : `, scope="${scopes.join(' ')}"`;
    const rejection = {
        ...row,
        ...(challenge === undefined ? {} : { challenge: challenge + named }),
        ...(row.status === 503 ? { retry_after: RETRY_AFTER } : {}),
        details,
    };
    return new AuthError(rejection, cause);
}
let shared;
function codeRow(code) {
    const row = about().codes.find((candidate) => candidate.code === code);
    if (row === undefined)
        throw new EngineError(`the module knows no code \`${code}\``);
    return row;
}
