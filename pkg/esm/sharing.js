// One fetch for a fleet: before a fetch, looks whether another replica has just made it, or is making it now; after
// it, tells the others (docs/keys.md, "Shared store").
import { sha256 } from './sha256.js';
import { GuardedStore } from './store.js';
// Between two looks while another replica fetches; milliseconds.
const POLL = 50;
// How long another replica may fetch before this one does it itself, in seconds, when callers wait for it: they are
// kept for three seconds. Less would have every replica fetch from an issuer that is slow; the other one is rarely dead.
// With nobody waiting it is the time that a fetch may take.
const PATIENCE = 2.5;
const PREFIX = 'fuzefront-authn:1';
// How long the module lets a set serve while the issuer answers, in seconds: its freshness, which has bounds, and a
// quarter of it.
const FRESHNESS = { default: 240, least: 60, most: 3600 };
const HARD_AGE_FACTOR = 1.25;
export class Sharing {
    #store;
    #port;
    #keys;
    #seconds;
    #locked = new Set();
    /** `urls` are those where the fetches of each issuer begin; a fetch may take `seconds`. */
    constructor(store, port, urls, seconds) {
        this.#store = store;
        this.#port = port;
        this.#keys = urls.map((url) => sha256(new TextEncoder().encode(url)));
        this.#seconds = seconds;
    }
    /** Whether the store brought what was wanted. If not, fetch, and then call `done`. Never rejects. */
    async bring(request, isClosed) {
        const { issuer } = request;
        const look = this.#looker(request);
        if (await look())
            return true;
        const seconds = request.reason === 'refresh' ? this.#seconds : PATIENCE;
        const until = performance.now() + seconds * 1000;
        while (this.#store.canLock && !isClosed()) {
            const locked = await this.#store.lock(this.#name('lock', issuer), this.#seconds);
            if (locked === undefined)
                return false;
            if (locked)
                this.#locked.add(issuer);
            // Also with the lock: the one who had it may have put something between the look and the lock.
            if (await look())
                return true;
            if (locked || performance.now() >= until)
                return false;
            await new Promise((resolve) => setTimeout(resolve, POLL));
        }
        return false;
    }
    /** Puts what was fetched, if it was, and gives back the lock. Never rejects. */
    async done(issuer, stored) {
        const entry = stored ? this.#entry(issuer) : undefined;
        if (entry !== undefined)
            await this.#store.put(this.#name('keys', issuer), JSON.stringify(entry), lifeOf(entry.maxAge));
        if (this.#locked.delete(issuer))
            await this.#store.unlock(this.#name('lock', issuer));
    }
    // A value that was of no use is not read again.
    #looker(request) {
        let last;
        return async () => {
            const text = await this.#store.get(this.#name('keys', request.issuer));
            if (text === undefined || text === last)
                return false;
            last = text;
            try {
                return this.#port.take(request, text);
            }
            catch {
                // Not JSON, not an entry, or no instance to put it in: as if there were none. It will be overwritten.
                return false;
            }
        };
    }
    #entry(issuer) {
        try {
            return this.#port.entry(issuer);
        }
        catch {
            return undefined;
        }
    }
    #name(kind, issuer) {
        return `${PREFIX}:${kind}:${this.#keys[issuer]}`;
    }
}
/** The sharing of a verifier that has a store. `status` tells of it before it has any keys. */
export function sharingOf(store, port, observer, status, seconds) {
    if (store === undefined)
        return undefined;
    const guarded = new GuardedStore(store, (reason) => observer.tell({ type: 'keys.store', outcome: 'failed', reason }));
    // Later fetches may begin elsewhere (where a discovery document led to): the name in the store stays.
    const urls = status().map(({ fetch }) => fetch?.url ?? '');
    return new Sharing(guarded, port, urls, seconds);
}
function lifeOf(maxAge) {
    const freshness = Math.min(FRESHNESS.most, Math.max(FRESHNESS.least, maxAge ?? FRESHNESS.default));
    return Math.floor(HARD_AGE_FACTOR * freshness);
}
