// Brings keys when the module says so (docs/abi.md, "The host's part"): follows a fetch from the discovery document
// to the key set in force, and tells the module how it went.
import { join, underWay } from './download.js';
import { secondsSince } from './events.js';
import { KeyFailure, callReason } from './failure.js';
import { UNTOLD, maxAgeLeft, retryAfterSeconds } from './freshness.js';
import { refusalOf } from './refusal.js';
// A discovery document, then the key set it names.
const MAX_HOPS = 2;
export class KeyFetcher {
    #port;
    #fetch;
    #limits;
    #sharing;
    #running = new Map();
    #flights = new Set();
    #failures = new Map();
    #closed = false;
    constructor(port, fetch, limits, sharing) {
        this.#port = port;
        this.#fetch = fetch;
        this.#limits = limits;
        this.#sharing = sharing;
    }
    /** Why the last fetch (for this issuer) brought nothing; undefined once one brought keys. */
    failure(issuer) {
        return issuer === undefined ? [...this.#failures.values()].at(-1) : this.#failures.get(issuer);
    }
    /** The fetch under way for this issuer. */
    running(issuer) {
        return this.#running.get(issuer);
    }
    /** Joins or starts a fetch. Undefined when none may be made now; the promise never rejects. */
    run(request) {
        const running = this.#running.get(request.issuer);
        if (running !== undefined || this.#closed)
            return running;
        // Looked up at each fetch: test doubles and polyfills replace the global one.
        const fetch = this.#fetch ?? globalThis.fetch;
        if (fetch === undefined)
            return this.#remember(request.issuer, new KeyFailure('no_fetch', 'there is no `fetch` here'));
        const joins = underWay(fetch, request.url);
        // Told of one that is joined too: the module finds out by the time whether it hangs.
        if (!this.#port.fetchStarted(request.issuer, this.#port.now()) && !joins)
            return undefined;
        const sharing = joins ? undefined : this.#sharing;
        const run = sharing === undefined ? this.#follow(request, fetch) : this.#share(request, fetch, sharing);
        void run.finally(() => {
            this.#running.delete(request.issuer);
            this.#port.ended?.();
        });
        this.#running.set(request.issuer, run);
        return run;
    }
    /** Gives up what is under way; nothing is fetched any more. */
    close() {
        this.#closed = true;
        for (const flight of this.#flights)
            flight.leave();
        this.#flights.clear();
    }
    async #share(request, fetch, sharing) {
        const { issuer } = request;
        const started = performance.now();
        const shared = await sharing.bring(request, () => this.#closed);
        if (shared && !this.#closed) {
            this.#failures.delete(issuer);
            this.#port.fetched?.(issuer, { document: 'key_set', outcome: 'shared', duration: secondsSince(started) });
        }
        const fetched = !shared && (await this.#follow(request, fetch));
        // Nobody who needs the keys has to wait until the others have them too.
        void sharing.done(issuer, fetched);
        return undefined;
    }
    /** From the document that is wanted to the key set; whether one was stored. */
    async #follow(request, fetch) {
        let next = request;
        for (let hop = 0; hop < MAX_HOPS && next !== undefined && !this.#closed; hop++) {
            const ended = await this.#bring(next, fetch);
            if (ended?.outcome === 'ok' && ended.next === undefined)
                return true;
            next = ended?.next;
        }
        return false;
    }
    async #bring(request, fetch) {
        const { issuer, what, url } = request;
        const started = performance.now();
        const outcome = await this.#download(fetch, url);
        if (this.#closed)
            return undefined;
        const ended = this.#tell(request, outcome);
        const { next: _, ...facts } = ended;
        this.#port.fetched?.(issuer, { document: what, ...facts, duration: secondsSince(started) });
        return ended;
    }
    async #download(fetch, url) {
        const flight = join(fetch, url, this.#limits);
        this.#flights.add(flight);
        const outcome = await flight.outcome;
        if (this.#flights.delete(flight))
            flight.leave();
        return outcome;
    }
    #tell(request, outcome) {
        if ('error' in outcome)
            return this.#fail(request.issuer, outcome.error, outcome);
        try {
            return this.#offer(request, outcome);
        }
        catch (error) {
            const failure = new KeyFailure(callReason(error), 'the keys could not be handed in', error);
            return this.#fail(request.issuer, failure, UNTOLD);
        }
    }
    #offer({ issuer, what, url }, { body, cacheControl, age }) {
        const maxAge = maxAgeLeft(cacheControl, age);
        const offer = { issuer, what, body, now: this.#port.now(), maxAge, jitter: Math.random() };
        const answer = this.#port.offer(offer);
        if (answer.result === 'fetch')
            return { outcome: 'ok', next: answer.fetch };
        if (answer.result === 'refused') {
            const why = refusalOf(answer.reason, body, this.#port.names(issuer));
            this.#remember(issuer, new KeyFailure(answer.reason, `refused \`${url}\`: ${why}`));
            return { outcome: 'refused', reason: answer.reason };
        }
        this.#failures.delete(issuer);
        return { outcome: 'ok' };
    }
    #fail(issuer, failure, told) {
        this.#remember(issuer, failure);
        try {
            const now = this.#port.now();
            this.#port.fetchFailed(issuer, now, retryAfterSeconds(told, now));
        }
        catch {
            this.#abandon(issuer);
        }
        return { outcome: 'failed', reason: failure.reason };
    }
    // Without this the module would count it as under way, and nobody would fetch or wait for some time.
    #abandon(issuer) {
        try {
            this.#port.fetchAbandoned(issuer);
        }
        catch {
            // No instance: the next one knows of no fetch.
        }
    }
    // The latest stands last, whichever entry it is of.
    #remember(issuer, failure) {
        this.#failures.delete(issuer);
        this.#failures.set(issuer, failure);
    }
}
