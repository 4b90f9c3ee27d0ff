"use strict";
// The class people use: asks the module, brings keys when it wants some, and gives the answer as a value or as an
// error. One synchronous path decides; only waiting for keys and hooks is asynchronous.
Object.defineProperty(exports, "__esModule", { value: true });
exports.Verifier = void 0;
const archive_js_1 = require("./archive.js");
const blame_js_1 = require("./blame.js");
const catalogue_js_1 = require("./catalogue.js");
const clock_js_1 = require("./clock.js");
const contract_js_1 = require("./contract.js");
const engine_js_1 = require("./engine.js");
const errors_js_1 = require("./errors.js");
const failure_js_1 = require("./failure.js");
const explanation_js_1 = require("./explanation.js");
const health_js_1 = require("./health.js");
const hooks_js_1 = require("./hooks.js");
const inquiry_js_1 = require("./inquiry.js");
const keeper_js_1 = require("./keeper.js");
const keys_js_1 = require("./keys.js");
const observer_js_1 = require("./observer.js");
const opened_js_1 = require("./opened.js");
const session_js_1 = require("./session.js");
const sharing_js_1 = require("./sharing.js");
/** Verifies tokens under one policy. Made by `createVerifier`. */
class Verifier {
    /** SHA-256 of the policy in canonical form: equal in every host that has the same policy. */
    fingerprint;
    /** The contract it was made from, and the app and environment in it. */
    contract;
    #hooks;
    #session;
    #keys;
    #observer;
    #archive;
    #keeper;
    #closed = false;
    /** Throws PolicyError for options, ContractError for a contract, that the module refuses. */
    constructor(options, instantiate) {
        const { policy, contract } = (0, contract_js_1.openingOf)(options);
        this.contract = contract;
        this.#session = new session_js_1.Session(policy, instantiate);
        (0, opened_js_1.remember)(this, policy);
        this.#hooks = { ...options };
        this.fingerprint = this.#session.fingerprint;
        this.#observer = new observer_js_1.Observer(options.onEvent, () => this.#session.status(this.#now()));
        this.#archive = new archive_js_1.Archive(this.#session, () => this.#now());
        const { fetch_timeout: seconds, key_set_bytes: bytes } = (0, catalogue_js_1.about)().limits;
        this.#keys = new keys_js_1.KeyFetcher({
            now: () => this.#now(),
            fetchStarted: (issuer, now) => this.#session.fetchStarted(issuer, now),
            offer: (offer) => this.#session.offer(offer),
            fetchFailed: (issuer, now, retryAfter) => this.#session.fetchFailed(issuer, now, retryAfter),
            fetchAbandoned: (issuer) => this.#session.fetchAbandoned(issuer),
            names: (issuer) => this.#session.names(issuer),
            fetched: (issuer, fetch) => this.#observer.fetched(issuer, fetch),
            ended: () => this.#keeper?.watch(),
        }, options.fetch, { seconds, bytes }, (0, sharing_js_1.sharingOf)(options.store, this.#archive, this.#observer, () => this.#session.status(0), seconds));
        if (options.backgroundRefresh ?? (0, keeper_js_1.keepsByDefault)())
            this.#keeper = new keeper_js_1.Keeper({ status: () => this.status(), fetch: (request) => this.#run(request) });
        if (options.snapshot !== undefined) {
            this.#archive.restoreAtStart(options.snapshot);
            this.#keeper?.watch();
        }
        this.#observer.contractRead(contract);
    }
    /** SHA-256 of the WebAssembly module's bytes, hexadecimal. */
    get digest() {
        return (0, engine_js_1.moduleDigest)();
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
        return this.#settle(engine_js_1.FORM.token, token);
    }
    /** Like `check`, on the value (or values) of a request's `Authorization` header (RFC 6750 section 2.1). */
    async checkAuthorization(header) {
        if (!Array.isArray(header))
            return this.#settle(engine_js_1.FORM.authorization, header);
        if (header.length <= 1)
            return this.#settle(engine_js_1.FORM.authorization, header[0]);
        const error = (0, catalogue_js_1.authError)('INVALID_REQUEST', { reason: 'several_headers' });
        return this.#ended({ ok: false, error }, error, performance.now());
    }
    /**
     * Like `check`, without waiting. When keys are missing the answer is JWKS_UNAVAILABLE, and they are fetched in the
     * background. Hooks must be synchronous here: one that returns a promise makes the answer VERIFIER_UNAVAILABLE.
     */
    checkSync(token) {
        const started = performance.now();
        const answer = this.#ask(engine_js_1.FORM.token, token);
        if (!(answer instanceof errors_js_1.AuthError) && answer.verdict === 'keys_needed')
            this.#fetchInBackground(answer.fetch);
        const result = this.#resultOf(answer, token);
        return this.#ended((0, hooks_js_1.isThenable)(result) ? (0, hooks_js_1.outage)('asynchronous_hook') : result, answer, started, token);
    }
    /**
     * Every step of `check`, and where it ended. What stands in claims is left out unless `values` asks for it; hooks are
     * not run. Throws AuthError VERIFIER_UNAVAILABLE where `check` has it.
     */
    async explain(token, options = {}) {
        const values = options.values === true;
        const explain = (text) => this.#session.explain(engine_js_1.FORM.token, values, this.#now(), text);
        const answer = await (0, inquiry_js_1.settle)(() => this.#enter(engine_js_1.FORM.token, token, explain), (asked) => (asked instanceof errors_js_1.AuthError ? undefined : fetchNeeded(asked.verdict)), (fetch) => this.#run(fetch));
        if (answer instanceof errors_js_1.AuthError)
            throw answer;
        return (0, explanation_js_1.explanationOf)(answer);
    }
    /**
     * Fetches the keys of every issuer, and tells of each whether its tokens can be verified now. One that is down does
     * not sink the others: throws AuthError JWKS_UNAVAILABLE only if no issuer has keys.
     */
    async ready() {
        const runs = this.status().map(({ fetch }, issuer) => fetch === null ? this.#keys.running(issuer) : this.#run(fetch));
        const seconds = (0, catalogue_js_1.about)().limits.fetch_timeout + READY_GRACE;
        const ended = await Promise.all(runs.map((run) => run === undefined || (0, inquiry_js_1.endsWithin)(run, seconds)));
        const issuers = (0, health_js_1.readyOf)(this.status(), (issuer) => this.#reason(issuer) ?? (ended[issuer] ? undefined : 'timeout'));
        if (issuers.some(health_js_1.isUsable))
            return issuers;
        throw (0, catalogue_js_1.authError)('JWKS_UNAVAILABLE', { reason: 'no_keys', issuer: issuers[0]?.issuer }, { cause: this.#keys.failure() });
    }
    /**
     * Whether this verifier can do its work, as it stands now: for a readiness probe. Never throws. What is due is fetched
     * in the background, so that a verifier that gets no tokens finds its keys again.
     */
    health() {
        try {
            const issuers = this.status();
            const health = (0, health_js_1.healthOf)(issuers, (issuer) => this.#reason(issuer));
            for (const { fetch } of issuers)
                if (fetch !== null)
                    this.#fetchInBackground(fetch);
            return health;
        }
        catch {
            return (0, health_js_1.healthOf)([], () => undefined);
        }
    }
    /** The key sets that were fetched, for a process that starts later: the option `snapshot`. Throws as `status`. */
    snapshot() {
        return this.#orOutage(() => this.#archive.snapshot());
    }
    /**
     * Takes in the key sets of a snapshot that are newer than those in force, and tells of each what became of it. Throws
     * PolicyError for what is no snapshot, and as `status`.
     */
    restore(snapshot) {
        const results = this.#orOutage(() => this.#archive.restore(snapshot));
        this.#observer.keysChanged();
        this.#keeper?.watch();
        return results;
    }
    /** The keys of every issuer entry, in the order of the policy. Throws AuthError VERIFIER_UNAVAILABLE. */
    status() {
        return this.#orOutage(() => this.#session.status(this.#now()));
    }
    /** Nothing is fetched any more, and every check answers VERIFIER_UNAVAILABLE. May be called twice. */
    close() {
        this.#closed = true;
        this.#keeper?.stop();
        this.#keys.close();
    }
    #orOutage(work) {
        if (this.#closed)
            throw (0, hooks_js_1.outage)('closed').error;
        try {
            return work();
        }
        catch (error) {
            throw error instanceof errors_js_1.PolicyError ? error : (0, failure_js_1.unavailable)(error);
        }
    }
    async #settle(form, input) {
        const started = performance.now();
        let first = true;
        const answer = await (0, inquiry_js_1.settle)(() => {
            const asked = this.#ask(form, input, first);
            first = false;
            return asked;
        }, (asked) => (asked instanceof errors_js_1.AuthError ? undefined : fetchNeeded(asked)), (fetch) => this.#run(fetch));
        return this.#ended(await this.#resultOf(answer, input), answer, started, input);
    }
    // The one door to the module for requests; whatever goes wrong with the module itself is an outage.
    #ask(form, input, first = true) {
        const answer = this.#enter(form, input, (text) => this.#session.verify(form, this.#now(), text));
        if (!(answer instanceof errors_js_1.AuthError))
            this.#observer.answered(answer, first);
        return answer;
    }
    #enter(form, input, call) {
        if (this.#closed)
            return (0, hooks_js_1.outage)('closed').error;
        if (typeof input !== 'string' && input !== undefined && input !== null)
            return (0, catalogue_js_1.authError)(NOT_TEXT[form], { reason: 'not_text' });
        try {
            return call(input ?? '');
        }
        catch (error) {
            return (0, failure_js_1.unavailable)(error);
        }
    }
    #resultOf(answer, input) {
        if (answer instanceof errors_js_1.AuthError)
            return { ok: false, error: answer };
        if (answer.verdict === 'keys_needed')
            return this.#rejected(answer.otherwise, input);
        if (answer.fetch !== undefined)
            this.#fetchInBackground(answer.fetch);
        return answer.verdict === 'accepted' ? (0, hooks_js_1.runHooks)(answer, this.#hooks) : this.#rejected(answer, input);
    }
    #ended(result, answer, started, input) {
        this.#observer.checked(result, answer, started, input);
        return result;
    }
    #rejected(rejected, input) {
        // The module never sees why a fetch failed; whoever reads the log wants to.
        const cause = rejected.code === 'JWKS_UNAVAILABLE' ? this.#failure(input) : undefined;
        return { ok: false, error: new errors_js_1.AuthError(rejected, cause) };
    }
    #failure(input) {
        try {
            const entry = (0, blame_js_1.entryNamedIn)(String(input), this.#session.status(this.#now()));
            return entry === undefined ? undefined : this.#keys.failure(entry);
        }
        catch {
            // The verdict stands; only its cause stays untold.
            return undefined;
        }
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
    #reason(issuer) {
        return this.#keys.failure(issuer)?.reason;
    }
    #now() {
        return (0, clock_js_1.timeOf)(this.#hooks.clock);
    }
}
exports.Verifier = Verifier;
const NOT_TEXT = { [engine_js_1.FORM.token]: 'MALFORMED', [engine_js_1.FORM.authorization]: 'INVALID_REQUEST' };
// Seconds: a fetch that runs out of time tells so itself.
const READY_GRACE = 0.25;
function fetchNeeded(verdict) {
    return verdict.verdict === 'keys_needed' ? verdict.fetch : undefined;
}
