"use strict";
// Makes events of what happens to one verifier. Without a listener it does nothing, and costs nothing.
Object.defineProperty(exports, "__esModule", { value: true });
exports.Observer = void 0;
exports.namesOf = namesOf;
const blame_js_1 = require("./blame.js");
const errors_js_1 = require("./errors.js");
const events_js_1 = require("./events.js");
const health_js_1 = require("./health.js");
class Observer {
    #listener;
    #status;
    #names = [];
    #seen = [];
    /** `status` may throw. */
    constructor(listener, status) {
        this.#listener = listener;
        this.#status = status;
        if (listener !== undefined)
            this.#seen = this.#look();
    }
    tell(event) {
        if (this.#listener !== undefined)
            (0, events_js_1.tell)(this.#listener, event);
    }
    /** The verifier was made, perhaps from a contract. */
    contractRead(contract) {
        if (contract?.warning === undefined)
            return;
        const { app, environment, warning: message } = contract;
        this.tell({ type: 'contract.warning', app, environment, message });
    }
    /** A document came, or did not; the keys may have changed with it. */
    fetched(issuer, fetch) {
        if (this.#listener === undefined)
            return;
        this.tell({ type: 'keys.fetch', issuer: this.#name(issuer), ...fetch });
        this.keysChanged();
    }
    /** The keys may have changed: tells what is new about every entry. */
    keysChanged() {
        if (this.#listener === undefined)
            return;
        const before = this.#seen;
        const now = this.#look();
        if (now.length === 0)
            return;
        // First remembered, then told: a listener may ask the verifier something.
        this.#seen = now;
        now.forEach(({ state, generation, keys }, index) => {
            const old = before[index] ?? { state, generation };
            const issuer = this.#name(index);
            if (old.generation > 0 && generation > old.generation)
                this.tell({ type: 'keys.rotated', issuer, generation, keys });
            if (old.state !== state)
                this.tell({ type: 'keys.state', issuer, from: old.state, to: state });
        });
    }
    /** The module answered; `first` is its first answer to this check. */
    answered(verdict, first) {
        if (this.#listener === undefined)
            return;
        if (this.#mayShowAnotherState(verdict))
            this.keysChanged();
        if (first && verdict.verdict === 'keys_needed' && verdict.fetch.reason === 'unknown_key')
            this.tell({ type: 'unknown_kid', issuer: this.#name(verdict.fetch.issuer), outcome: 'fetching' });
    }
    /** A check of `input`, a token or a header, has ended. */
    checked(result, answer, started, input) {
        if (this.#listener === undefined)
            return;
        const duration = (0, events_js_1.secondsSince)(started);
        const code = result.ok ? null : result.error.code;
        if (code === 'UNKNOWN_KEY' || code === 'JWKS_UNAVAILABLE')
            this.#unknownKid(code, this.#entry(input));
        this.tell({ type: 'verify', outcome: outcomeOf(result), code, algorithm: algorithmOf(answer), duration });
    }
    // An accepted token shows the state of its entry, so that the common case needs no second call of the module.
    #mayShowAnotherState(verdict) {
        if (verdict.verdict !== 'accepted')
            return verdict.verdict === 'keys_needed' || mentionsKeys(verdict);
        return this.#seen[this.#entryOf(verdict.identity.issuer)]?.state !== verdict.keys.state;
    }
    #unknownKid(code, entry) {
        const seen = this.#seen[entry];
        // With usable keys there is an outage only for a token whose key they lack.
        if (code === 'JWKS_UNAVAILABLE' && (seen === undefined || !(0, health_js_1.isUsable)(seen)))
            return;
        const outcome = code === 'UNKNOWN_KEY' ? 'refused' : 'unavailable';
        this.tell({ type: 'unknown_kid', issuer: this.#name(entry), outcome });
    }
    #entry(input) {
        try {
            return (0, blame_js_1.entryNamedIn)(String(input), this.#seen) ?? -1;
        }
        catch {
            return -1;
        }
    }
    #entryOf(iss) {
        return this.#names.findIndex((names) => (iss === undefined ? names.length === 0 : names.includes(iss)));
    }
    #name(issuer) {
        return this.#names[issuer]?.[0] ?? '';
    }
    #look() {
        try {
            const issuers = this.#status();
            if (this.#names.length === 0)
                this.#names = issuers.map(({ issuer }) => namesOf(issuer));
            return issuers;
        }
        catch {
            // No clock or no instance: the checks say so, and there is nothing to compare.
            return [];
        }
    }
}
exports.Observer = Observer;
/** The allowed names of an entry; none for the one whose tokens have no `iss`. */
function namesOf(issuer) {
    return typeof issuer === 'string' ? [issuer] : (issuer ?? []);
}
function mentionsKeys(verdict) {
    return verdict.verdict === 'rejected' && (verdict.fetch !== undefined || verdict.code === 'JWKS_UNAVAILABLE');
}
function outcomeOf(result) {
    if (result.ok)
        return 'accepted';
    return result.error.status === 503 ? 'unavailable' : 'rejected';
}
function algorithmOf(answer) {
    return !(answer instanceof errors_js_1.AuthError) && answer.verdict === 'accepted' ? answer.token.alg : null;
}
