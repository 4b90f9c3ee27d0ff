// One opened policy in one instance. A trap poisons the instance: it is dropped, and the next call gets a new one
// that was told everything the old one knew.
import { Broken, Engine } from './engine.js';
import { EngineError, PolicyError } from './errors.js';
import { Generations } from './generations.js';
export class Session {
    fingerprint;
    #names;
    #policy;
    #instantiate;
    /** The last good offer of each issuer and kind of document; key sets may have been restored instead. */
    #offers = new Map();
    #generations = new Generations();
    #open;
    /** Throws PolicyError for a policy the module refuses, EngineError for a module that cannot be used. */
    constructor(policy, instantiate) {
        this.#policy = policy;
        this.#instantiate = instantiate;
        try {
            const { fingerprint, names, ...open } = this.#openPolicy();
            this.fingerprint = fingerprint;
            this.#names = names;
            this.#open = open;
        }
        catch (cause) {
            if (cause instanceof Broken)
                throw new EngineError('the module traps when a policy is opened', { cause });
            throw cause;
        }
    }
    /** The allowed names of an entry. */
    names(issuer) {
        return this.#names[issuer];
    }
    /** Every method below throws Broken when the instance was lost on the way. */
    verify(form, now, text) {
        return this.#generations.ofVerdict(this.#use(({ engine, verifier }) => engine.verify(verifier, form, now, text)));
    }
    explain(form, values, now, text) {
        const { verdict, steps } = this.#use(({ engine, verifier }) => engine.explain(verifier, form, values, now, text));
        return { verdict: this.#generations.ofVerdict(verdict), steps };
    }
    /** The last answer as it came, byte for byte. */
    lastText() {
        return this.#open?.engine.lastText() ?? '';
    }
    fetchStarted(issuer, now) {
        return this.#use(({ engine, verifier }) => engine.fetchStarted(verifier, issuer, now).allowed);
    }
    offer(offer) {
        const answer = this.#use(({ engine, verifier }) => engine.offer(verifier, offer));
        return this.#remember(offer, answer);
    }
    restore(restored) {
        const answer = this.#use(({ engine, verifier }) => engine.restore(verifier, restored));
        return this.#remember(restored, answer);
    }
    /** The key set in force, as it was fetched. */
    fetchedSet(issuer) {
        const offer = this.#offers.get(keyOf({ what: 'key_set', issuer }));
        if (offer === undefined)
            return undefined;
        const { body, maxAge, now } = offer;
        return { body, maxAge, fetchedAt: 'fetched' in offer ? offer.fetched : now };
    }
    fetchFailed(issuer, now, retryAfter) {
        this.#use(({ engine, verifier }) => engine.fetchFailed(verifier, issuer, now, retryAfter, Math.random()));
    }
    /** A fetch ended, and nobody knows when. */
    fetchAbandoned(issuer) {
        this.#use(({ engine, verifier }) => engine.fetchAbandoned(verifier, issuer, 0));
    }
    status(now) {
        return this.#generations.ofStatus(this.#use(({ engine, verifier }) => engine.status(verifier, now).issuers));
    }
    #remember(offer, answer) {
        if (answer.result !== 'refused')
            this.#offers.set(keyOf(offer), offer);
        if (answer.result === 'stored')
            this.#generations.stored(offer.issuer, answer.generation);
        return answer;
    }
    #use(work) {
        const open = (this.#open ??= this.#reopen());
        try {
            return work(open);
        }
        catch (error) {
            if (error instanceof Broken)
                this.#open = undefined;
            throw error;
        }
    }
    #reopen() {
        try {
            const open = this.#openPolicy();
            for (const offer of this.#offers.values()) {
                if ('fetched' in offer)
                    open.engine.restore(open.verifier, offer);
                else
                    open.engine.offer(open.verifier, offer);
            }
            this.#generations.renewed(open.engine.status(open.verifier, 0).issuers);
            return open;
        }
        catch (error) {
            // A body that breaks instances must not break the next one too: the keys are fetched again.
            this.#offers.clear();
            throw error;
        }
    }
    #openPolicy() {
        const engine = new Engine(this.#instantiate());
        const answer = engine.open(this.#policy);
        if ('error' in answer)
            throw new PolicyError(answer.error.message, answer.error.path ?? '');
        const { verifier, fingerprint, issuers } = answer;
        return { engine, verifier, fingerprint, names: issuers.map(({ issuer }) => issuer) };
    }
}
function keyOf({ what, issuer }) {
    return `${what} ${issuer}`;
}
