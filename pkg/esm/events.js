// What a verifier tells its owner while it works. No event holds a token, a subject or a key id, so all of it may
// become labels of metrics.
import { isThenable } from './hooks.js';
/** Tells a listener; whatever it does, nothing comes back. */
export function tell(listener, event) {
    try {
        const answer = listener(event);
        if (isThenable(answer))
            Promise.resolve(answer).catch(() => undefined);
    }
    catch {
        // A listener that fails must not change a verdict.
    }
}
/** Seconds since a moment of `performance.now()`. */
export function secondsSince(started) {
    return (performance.now() - started) / 1000;
}
