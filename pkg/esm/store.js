// A place for fetched keys that replicas share. It may be slow, down or full of nonsense: it is never waited for
// long, and while it fails it is left alone, as if there were none.
import { PolicyError } from './errors.js';
/** One call may take this long, and after a failure this long nothing is asked; milliseconds. */
const CALL = 250;
const PAUSE = 5000;
export class GuardedStore {
    #store;
    #onFailure;
    #asleepUntil = -Infinity;
    /** Throws PolicyError for what is no store. */
    constructor(store, onFailure) {
        this.#store = storeOf(store);
        this.#onFailure = onFailure;
    }
    get canLock() {
        return this.#store.lock !== undefined;
    }
    /** Undefined when there is no value, and when the store fails. */
    async get(key) {
        const value = await this.#call(() => this.#store.get(key));
        return typeof value === 'string' ? value : undefined;
    }
    async put(key, value, ttl) {
        await this.#call(() => this.#store.put(key, value, ttl));
    }
    /** Undefined when the store fails. */
    async lock(key, ttl) {
        // A lock that comes after its time would keep others waiting for nothing.
        const late = (locked) => void (locked === true && this.unlock(key));
        const locked = await this.#call(() => this.#store.lock?.(key, ttl), late);
        return locked === undefined ? undefined : locked === true;
    }
    async unlock(key) {
        await this.#call(() => this.#store.unlock?.(key));
    }
    async #call(work, late) {
        if (performance.now() < this.#asleepUntil)
            return undefined;
        let timer;
        const time = new Promise((resolve) => (timer = setTimeout(() => resolve(TIME_UP), CALL)));
        const working = (async () => work())();
        try {
            const value = await Promise.race([working, time]);
            if (value !== TIME_UP)
                return value;
            if (late !== undefined)
                working.then(late, () => undefined);
            this.#fail('timeout');
        }
        catch {
            this.#fail('error');
        }
        finally {
            clearTimeout(timer);
        }
        return undefined;
    }
    #fail(reason) {
        this.#asleepUntil = performance.now() + PAUSE;
        this.#onFailure(reason);
    }
}
const TIME_UP = Symbol('time up');
function storeOf(store) {
    if (typeof store !== 'object' || store === null)
        throw new PolicyError('is not an object', '/store');
    for (const [name, wanted] of Object.entries({ get: true, put: true, lock: false, unlock: false })) {
        const method = store[name];
        if (typeof method === 'function' || (method === undefined && !wanted))
            continue;
        throw new PolicyError('is not a function', `/store/${name}`);
    }
    return store;
}
