// The class people use: asks the module, brings keys when it wants some, and gives the answer as a value or as an
// error. One synchronous path decides; only waiting for keys and hooks is asynchronous.
import { about, authError } from './catalogue.js';
import { openingOf } from './contract.js';
import { Broken, FORM, moduleDigest } from './engine.js';
import { AuthError, EngineError } from './errors.js';
import { explanationOf } from './explanation.js';
import { isThenable, outage, runHooks } from './hooks.js';
import { settle } from './inquiry.js';
import { KeyFetcher } from './keys.js';
import { Session } from './session.js';
/** Verifies tokens under one policy. Made by `createVerifier`. */
export class Verifier {
    /** SHA-256 of the policy in canonical form: equal in every host that has the same policy. */
    fingerprint;
    /** The contract it was made from, and the app and environment in it. */
    contract;
    #hooks;
    #session;
    #keys;
    #closed = false;
    /** Throws PolicyError for options, ContractError for a contract, that the module refuses. */
    constructor(options, instantiate) {
        const { policy, contract } = openingOf(options);
        this.contract = contract;
        this.#session = new Session(policy, instantiate);
        this.#hooks = { ...options };
        this.fingerprint = this.#session.fingerprint;
        const { limits } = about();
        this.#keys = new KeyFetcher({
            now: () => this.#now(),
            fetchStarted: (issuer, now) => this.#session.fetchStarted(issuer, now),
            offer: (offer) => this.#session.offer(offer),
            fetchFailed: (issuer, now, retryAfter) => this.#session.fetchFailed(issuer, now, retryAfter),
        }, options.fetch, { seconds: limits.fetch_timeout, bytes: limits.key_set_bytes });
    }
    /** SHA-256 of the WebAssembly module's bytes, hexadecimal. */
    get digest() {
        return moduleDigest();
    }
    /** The identity a token speaks for. Throws AuthError. */
    async verify(token) {
        const result = await this.check(token);
        if (result.ok)
            return result.identity;
        throw result.error;
    }
    /** Like `verify`, but the answer is a value: nothing is thrown for a bad token. */
    async check(token) {
        return this.#settle(FORM.token, token);
    }
    /** Like `check`, on the value (or values) of a request's `Authorization` header (RFC 6750 section 2.1). */
    async checkAuthorization(header) {
        if (!Array.isArray(header))
            return this.#settle(FORM.authorization, header);
        if (header.length <= 1)
            return this.#settle(FORM.authorization, header[0]);
        return { ok: false, error: authError('INVALID_REQUEST', { reason: 'several_headers' }) };
    }
    /**
     * Like `check`, without waiting. When keys are missing the answer is JWKS_UNAVAILABLE, and they are fetched in the
     * background. Hooks must be synchronous here: one that returns a promise makes the answer VERIFIER_UNAVAILABLE.
     */
    checkSync(token) {
        const answer = this.#ask(FORM.token, token);
        if (answer instanceof AuthError)
            return { ok: false, error: answer };
        if (answer.verdict === 'keys_needed') {
            this.#fetchInBackground(answer.fetch);
            return this.#rejected(answer.otherwise);
        }
        const result = this.#finish(answer);
        return isThenable(result) ? outage('asynchronous_hook') : result;
    }
    /**
     * Every step of `check`, and where it ended. What stands in claims is left out unless `values` asks for it; hooks are
     * not run. Throws AuthError VERIFIER_UNAVAILABLE where `check` has it.
     */
    async explain(token, options = {}) {
        const values = options.values === true;
        const explain = (text) => this.#session.explain(FORM.token, values, this.#now(), text);
        const answer = await settle(() => this.#enter(FORM.token, token, explain), (asked) => (asked instanceof AuthError ? undefined : fetchNeeded(asked.verdict)), (fetch) => this.#run(fetch));
        if (answer instanceof AuthError)
            throw answer;
        return explanationOf(answer);
    }
    /** Fetches the keys of every issuer. Throws AuthError JWKS_UNAVAILABLE if those of one cannot be had. */
    async ready() {
        const runs = this.status().map(({ fetch }, issuer) => fetch === null ? this.#keys.running(issuer) : this.#run(fetch));
        await Promise.all(runs);
        const issuers = this.status();
        const missing = issuers.findIndex(({ state }) => state === 'empty' || state === 'dead');
        if (missing === -1)
            return issuers;
        const details = { reason: 'no_keys', issuer: issuers[missing]?.issuer };
        throw authError('JWKS_UNAVAILABLE', details, { cause: this.#keys.failure(missing) });
    }
    /** The keys of every issuer entry, in the order of the policy. Throws AuthError VERIFIER_UNAVAILABLE. */
    status() {
        if (this.#closed)
            throw outage('closed').error;
        try {
            return this.#session.status(this.#now());
        }
        catch (error) {
            throw unavailable(error);
        }
    }
    /** Nothing is fetched any more, and every check answers VERIFIER_UNAVAILABLE. May be called twice. */
    close() {
        this.#closed = true;
        this.#keys.close();
    }
    async #settle(form, input) {
        const answer = await settle(() => this.#ask(form, input), (asked) => (asked instanceof AuthError ? undefined : fetchNeeded(asked)), (fetch) => this.#run(fetch));
        if (answer instanceof AuthError)
            return { ok: false, error: answer };
        return answer.verdict === 'keys_needed' ? this.#rejected(answer.otherwise) : this.#finish(answer);
    }
    // The one door to the module for requests; whatever goes wrong with the module itself is an outage.
    #ask(form, input) {
        return this.#enter(form, input, (text) => this.#session.verify(form, this.#now(), text));
    }
    #enter(form, input, call) {
        if (this.#closed)
            return outage('closed').error;
        if (typeof input !== 'string' && input !== undefined && input !== null)
            return authError(NOT_TEXT[form]);
        try {
            return call(input ?? '');
        }
        catch (error) {
            return unavailable(error);
        }
    }
    #finish(verdict) {
        if (verdict.fetch !== undefined)
            this.#fetchInBackground(verdict.fetch);
        return verdict.verdict === 'accepted' ? runHooks(verdict, this.#hooks) : this.#rejected(verdict);
    }
    #rejected(rejected) {
        // The module never sees why a fetch failed; whoever reads the log wants to.
        const cause = rejected.code === 'JWKS_UNAVAILABLE' ? this.#keys.failure() : undefined;
        return { ok: false, error: new AuthError(rejected, cause) };
    }
    #fetchInBackground(fetch) {
        void this.#run(fetch);
    }
    #run(fetch) {
        try {
            return this.#keys.run(fetch);
        }
        catch {
            // The instance or the clock failed in between: as if no fetch were allowed. The next request starts over.
            return undefined;
        }
    }
    #now() {
        const now = readClock(this.#hooks.clock ?? systemClock);
        if (typeof now === 'number' && now >= 0 && now < Infinity)
            return now;
        throw new ClockError('the clock gave no time');
    }
}
const NOT_TEXT = { [FORM.token]: 'MALFORMED', [FORM.authorization]: 'INVALID_REQUEST' };
class ClockError extends Error {
    name = 'ClockError';
}
function systemClock() {
    return Date.now() / 1000;
}
function readClock(clock) {
    try {
        return clock();
    }
    catch (cause) {
        throw new ClockError('the clock failed', { cause });
    }
}
function unavailable(error) {
    return outage(reasonOf(error), error).error;
}
function reasonOf(error) {
    if (error instanceof Broken)
        return 'trap';
    if (error instanceof ClockError)
        return 'clock';
    return error instanceof EngineError ? 'invalid_call' : 'instance';
}
function fetchNeeded(verdict) {
    return verdict.verdict === 'keys_needed' ? verdict.fetch : undefined;
}
