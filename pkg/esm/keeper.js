// Fetches keys when they are due although no token asks (docs/abi.md, "The host's part", 6): so that no token waits for
// old ones, and an outage is known before the first.
// Seconds: timers may be a little early, and a busy machine late.
const SOONEST = 1;
const LATEST = 3600;
// Nothing can be fetched, such as without `fetch`, or nobody knows, as the clock fails.
const REFUSED = 60;
export class Keeper {
    #kept;
    #timer;
    #stopped = false;
    constructor(kept) {
        this.#kept = kept;
    }
    /** To be called whenever keys came, or a fetch ended without them. */
    watch() {
        const status = this.#status();
        this.#wakeIn(status === undefined ? REFUSED : Math.min(...status.map(({ due }) => due ?? Infinity)));
    }
    /** Nothing is fetched any more. */
    stop() {
        this.#stopped = true;
        clearTimeout(this.#timer);
    }
    #wakeIn(seconds) {
        clearTimeout(this.#timer);
        if (this.#stopped || seconds === Infinity)
            return;
        // Weak, and not counted as work: neither a verifier nor a process lives on for it.
        const weak = new WeakRef(this);
        const wake = () => {
            const keeper = weak.deref();
            if (keeper !== undefined)
                keeper.#wake();
        };
        try {
            this.#timer = setTimeout(wake, Math.min(Math.max(seconds, SOONEST), LATEST) * 1000);
            this.#timer.unref?.();
        }
        catch {
            // Where there are no timers outside of requests, keys are fetched when tokens ask.
        }
    }
    #wake() {
        const due = this.#status()?.filter((entry) => entry.due === 0);
        if (due === undefined || due.length === 0)
            return this.watch();
        const begun = due.map(({ fetch }) => fetch !== null && this.#fetch(fetch) !== undefined);
        // The end of a fetch calls `watch`.
        if (!begun.includes(true))
            this.#wakeIn(REFUSED);
    }
    #status() {
        try {
            return this.#kept.status();
        }
        catch {
            return undefined;
        }
    }
    #fetch(request) {
        try {
            return this.#kept.fetch(request);
        }
        catch {
            return undefined;
        }
    }
}
/** Whether keys are kept unless an option says otherwise: a page in the background is not to ask for ever. */
export function keepsByDefault() {
    const { process } = globalThis;
    return typeof process?.versions?.node === 'string';
}
