"use strict";
// Express middleware, for Express 4 and 5 (and anything else that calls `(req, res, next)` on Node's own request and
// response). Errors are answered here: status, `WWW-Authenticate`, `Retry-After`, and `{ error, code }`.
Object.defineProperty(exports, "__esModule", { value: true });
exports.requireAuth = requireAuth;
exports.requireRoles = requireRoles;
exports.requireAnyRole = requireAnyRole;
exports.requireTenant = requireTenant;
exports.requireScopes = requireScopes;
exports.answerError = answerError;
const catalogue_js_1 = require("./catalogue.js");
// The guards answer in the way that was chosen where the request was authenticated.
const chosen = new WeakMap();
/** Lets only requests with a good bearer token pass, and sets `req.identity` and `req.tokenFacts`. */
function requireAuth({ verifier, onError = answerError }) {
    refuseNoVerifier(verifier);
    return (req, res, next) => {
        chosen.set(req, onError);
        const done = (result) => {
            if (!result.ok)
                return refuse(result.error, req, res, next);
            req.identity = result.identity;
            req.tokenFacts = result.token;
            next();
        };
        void verifier.checkAuthorization(authorizationOf(req)).then(done, next);
    };
}
/** Lets identities with all of these roles pass; otherwise 403 FORBIDDEN. Stands after `requireAuth`. */
function requireRoles(...roles) {
    refuseEmpty('requireRoles', roles);
    return guard((identity) => roles.every((role) => identity.roles.includes(role)) || roleMissing(roles, identity));
}
/** Lets identities with at least one of these roles pass; otherwise 403 FORBIDDEN. Stands after `requireAuth`. */
function requireAnyRole(...roles) {
    refuseEmpty('requireAnyRole', roles);
    return guard((identity) => roles.some((role) => identity.roles.includes(role)) || roleMissing(roles, identity));
}
function requireTenant(...tenant) {
    if (tenant.length > 0 && typeof tenant[0] !== 'function')
        refuseEmpty('requireTenant', tenant);
    const [wanted] = tenant;
    return guard((identity, _facts, req) => {
        const expected = typeof wanted === 'function' ? wanted(req) : wanted;
        const open = wanted === undefined || expected === identity.tenantId;
        if (open && identity.tenantId !== null)
            return true;
        return (0, catalogue_js_1.authError)('FORBIDDEN', { reason: 'tenant', expected, actual: identity.tenantId });
    });
}
/** Lets tokens with all of these scopes pass; otherwise 403 INSUFFICIENT_SCOPE. Stands after `requireAuth`. */
function requireScopes(...scopes) {
    refuseEmpty('requireScopes', scopes);
    // A scope goes into a header: only what RFC 6749 section 3.3 allows.
    if (!scopes.every((scope) => /^[!#-[\]-~]+$/.test(scope)))
        throw new TypeError('requireScopes: one scope per argument');
    return guard((_identity, facts) => {
        const actual = facts?.scopes ?? [];
        if (scopes.every((scope) => actual.includes(scope)))
            return true;
        return (0, catalogue_js_1.authError)('INSUFFICIENT_SCOPE', { claim: 'scope', expected: scopes, actual }, { scopes });
    });
}
/** The default answer: status, `WWW-Authenticate` or `Retry-After`, and `{ error, code }`. */
function answerError(error, _req, res) {
    res.statusCode = error.status;
    if (error.challenge !== undefined)
        res.setHeader('WWW-Authenticate', error.challenge);
    if (error.retryAfter !== undefined)
        res.setHeader('Retry-After', String(error.retryAfter));
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    res.end(JSON.stringify(error));
}
function guard(check) {
    return (req, res, next) => {
        // A mistake in the app, not in the request: it must be loud.
        if (req.identity === undefined)
            return next(new Error('requireAuth must stand before this guard'));
        const answer = check(req.identity, req.tokenFacts, req);
        if (answer === true)
            next();
        else
            refuse(answer, req, res, next);
    };
}
function roleMissing(expected, { roles: actual }) {
    return (0, catalogue_js_1.authError)('FORBIDDEN', { reason: 'role', expected, actual });
}
function refuse(error, req, res, next) {
    try {
        ;
        (chosen.get(req) ?? answerError)(error, req, res, next);
    }
    catch (thrown) {
        next(thrown);
    }
}
// Node keeps only the first of several Authorization headers in `headers`; a request with two of them is refused.
function authorizationOf(req) {
    const { rawHeaders = [], headers } = req;
    const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization');
    return values.length > 1 ? values : headers.authorization;
}
// At set-up: the first request would be a late place to learn of it.
function refuseNoVerifier(verifier) {
    const asked = verifier?.checkAuthorization;
    if (typeof asked !== 'function')
        throw new TypeError('requireAuth: `verifier` is not what createVerifier makes');
}
function refuseEmpty(name, values) {
    const filled = values.length > 0 && values.every((value) => typeof value === 'string' && value !== '');
    if (!filled)
        throw new TypeError(`${name}: not a list of filled strings`);
}
