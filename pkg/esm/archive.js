// Key sets in and out of one verifier, with the time they were fetched at: for snapshots, and for a store that
// replicas share. The module decides what may be restored (docs/abi.md, "Restoring keys").
import { PolicyError } from './errors.js';
import { callReason } from './failure.js';
import { namesOf } from './observer.js';
import { entryOf, isOf, readEntry, readSnapshot, soundBody } from './snapshot.js';
// A key that the set lacked this many seconds ago need not be looked for again: UNKNOWN_KEY_SETTLED of the module.
const SETTLED = 2;
export class Archive {
    #session;
    #now;
    /** `now` may throw ClockError, and so may every method; they throw Broken as those of the session do. */
    constructor(session, now) {
        this.#session = session;
        this.#now = now;
    }
    snapshot() {
        const entries = this.#status().map((status, issuer) => this.entry(issuer, status));
        return { version: 1, issuers: entries.filter((entry) => entry !== undefined) };
    }
    /** The set of one entry, unless it has none. */
    entry(issuer, status = this.#status()[issuer]) {
        const set = this.#session.fetchedSet(issuer);
        return set === undefined || status === undefined ? undefined : entryOf(namesOf(status.issuer), set);
    }
    /** Throws PolicyError for what is no snapshot. */
    restore(snapshot) {
        const entries = readSnapshot(snapshot, '/snapshot');
        const issuers = this.#status();
        return entries.map((entry) => {
            const index = issuers.findIndex((status) => isOf(entry, status));
            const answer = index === -1 ? refused('no_such_issuer') : this.#put(index, entry);
            const { issuer } = entry;
            return answer.result === 'refused'
                ? { issuer, result: 'refused', reason: answer.reason }
                : { issuer, result: 'stored' };
        });
    }
    /** Like `restore`, but whatever else goes wrong than the shape must not keep a service from starting. */
    restoreAtStart(snapshot) {
        try {
            this.restore(snapshot);
        }
        catch (error) {
            if (error instanceof PolicyError)
                throw error;
        }
    }
    /** Takes in an entry that another replica wrote; whether it brought what the fetch was to bring. */
    take({ issuer, reason }, text) {
        const entry = readEntry(JSON.parse(text), '');
        const status = this.#status()[issuer];
        if (status === undefined || !isOf(entry, status) || this.#put(issuer, entry).result !== 'stored')
            return false;
        if (reason === 'unknown_key')
            return this.#now() - entry.fetchedAt <= SETTLED;
        return this.#status()[issuer]?.fetch === null;
    }
    #put(issuer, entry) {
        const body = soundBody(entry);
        if (body === undefined)
            return refused('wrong_hash');
        const { fetchedAt: fetched, maxAge } = entry;
        const now = this.#now();
        try {
            const kept = { issuer, what: 'key_set', body, now, fetched, maxAge: maxAge ?? -1, jitter: Math.random() };
            return this.#session.restore(kept);
        }
        catch (error) {
            // A body that breaks the instance is no outage: the next call gets a new one.
            return refused(callReason(error));
        }
    }
    #status() {
        return this.#session.status(this.#now());
    }
}
function refused(reason) {
    return { result: 'refused', reason };
}
