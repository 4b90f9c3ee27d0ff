"use strict";
// Brings keys when the module says so (docs/abi.md, "The host's part"): follows a fetch from the discovery document
// to the key set in force, and tells the module how it went.
Object.defineProperty(exports, "__esModule", { value: true });
exports.KeyFetcher = void 0;
const download_js_1 = require("./download.js");
const freshness_js_1 = require("./freshness.js");
// A discovery document, then the key set it names.
const MAX_HOPS = 2;
class KeyFetcher {
    #port;
    #fetch;
    #limits;
    #running = new Map();
    #flights = new Set();
    #failures = new Map();
    #closed = false;
    constructor(port, fetch, limits) {
        this.#port = port;
        this.#fetch = fetch;
        this.#limits = limits;
    }
    /** Why the last fetch (for this issuer) brought nothing. */
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
            return void this.#failures.set(request.issuer, new Error('there is no `fetch` here'));
        if (!(0, download_js_1.underWay)(fetch, request.url) && !this.#port.fetchStarted(request.issuer, this.#port.now()))
            return undefined;
        const run = this.#follow(request, fetch).finally(() => this.#running.delete(request.issuer));
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
    async #follow(request, fetch) {
        const { issuer } = request;
        let next = request;
        this.#failures.delete(issuer);
        try {
            for (let hop = 0; hop < MAX_HOPS && next !== undefined; hop++) {
                const outcome = await this.#download(fetch, next.url);
                if (this.#closed)
                    return;
                next = this.#tell(issuer, next, outcome);
            }
        }
        catch (error) {
            this.#fail(issuer, error, -1);
        }
    }
    async #download(fetch, url) {
        const flight = (0, download_js_1.join)(fetch, url, this.#limits);
        this.#flights.add(flight);
        const outcome = await flight.outcome;
        if (this.#flights.delete(flight))
            flight.leave();
        return outcome;
    }
    #tell(issuer, { what, url }, outcome) {
        const now = this.#port.now();
        if ('error' in outcome)
            return this.#fail(issuer, outcome.error, (0, freshness_js_1.retryAfterSeconds)(outcome.retryAfter, now));
        const maxAge = (0, freshness_js_1.maxAgeLeft)(outcome.cacheControl, outcome.age);
        const answer = this.#port.offer({ issuer, what, body: outcome.body, now, maxAge, jitter: Math.random() });
        if (answer.result === 'fetch')
            return answer.fetch;
        if (answer.result === 'refused')
            this.#failures.set(issuer, new Error(`refused \`${url}\`: ${answer.reason}`));
        return undefined;
    }
    #fail(issuer, error, retryAfter) {
        this.#failures.set(issuer, error instanceof Error ? error : new Error('the fetch failed'));
        try {
            this.#port.fetchFailed(issuer, this.#port.now(), retryAfter);
        }
        catch {
            // No clock or no instance: there is nothing left to tell, and the next request starts over.
        }
    }
}
exports.KeyFetcher = KeyFetcher;
