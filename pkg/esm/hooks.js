// The host's row of the pipeline: after a token was accepted, the caller's own stores may refuse it or enrich its
// identity. Written once for synchronous and asynchronous hooks.
import { authError } from './catalogue.js';
/** Runs the hooks on an accepted token. A promise only if a hook returns one; it never rejects. */
export function runHooks(accepted, hooks) {
    const { identity, token, keys } = accepted;
    const { isRevoked, resolve } = hooks;
    const enrich = () => resolve === undefined
        ? { ok: true, identity, token, keys }
        : settle(() => resolve(identity, token), 'resolver', (enriched) => (isIdentity(enriched) ? { ok: true, identity: enriched, token, keys } : outage('resolver')));
    if (isRevoked === undefined)
        return enrich();
    return settle(() => isRevoked(identity, token), 'revocation', (revoked) => {
        if (revoked === false)
            return enrich();
        // Neither yes nor no (a forgotten `return`, a database row) must not pass as "no".
        return revoked === true ? { ok: false, error: authError('REVOKED') } : outage('revocation');
    });
}
/** No verdict is possible, and the token is not to blame. */
export function outage(reason, cause) {
    return { ok: false, error: authError('VERIFIER_UNAVAILABLE', { reason }, { cause }) };
}
function settle(hook, reason, next) {
    try {
        const value = hook();
        if (!isThenable(value))
            return next(value);
        return Promise.resolve(value).then(next, (cause) => outage(reason, cause));
    }
    catch (cause) {
        return outage(reason, cause);
    }
}
export function isThenable(value) {
    return typeof value === 'object' && value !== null && typeof value.then === 'function';
}
function isIdentity(value) {
    if (typeof value !== 'object' || value === null)
        return false;
    const { userId, tenantId, roles } = value;
    const tenantKnown = tenantId === null || typeof tenantId === 'string';
    return typeof userId === 'string' && userId !== '' && tenantKnown && isStrings(roles);
}
function isStrings(value) {
    return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
