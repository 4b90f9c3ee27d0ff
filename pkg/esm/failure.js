// Why something of the host's own failed, as a fixed word: for events, health and error details. What happened
// exactly stands in the message and the cause, for the log.
import { ClockError } from './clock.js';
import { Broken } from './engine.js';
import { AuthError, EngineError } from './errors.js';
import { outage } from './hooks.js';
import { errorOf } from './probe.js';
/** Keys could not be had. */
export class KeyFailure extends Error {
    name = 'KeyFailure';
    reason;
    constructor(reason, message, cause) {
        super(message, cause === undefined ? undefined : { cause });
        this.reason = reason;
    }
}
/** The word for a fetch that failed: `http_503`, `redirect`, or one of the doctor's words. */
export function fetchReason(failure) {
    if (failure instanceof KeyFailure)
        return failure.reason;
    const reason = errorOf(failure);
    return reason === 'network' && isRedirect(failure) ? 'redirect' : reason;
}
// Node's fetch has words for it, and no code; only a fetch that is told to throw at redirects says them.
function isRedirect(failure) {
    return failure instanceof Error && (failure.message === 'unexpected redirect' || isRedirect(failure.cause));
}
/** The word for a call of the module that failed. */
export function callReason(error) {
    if (error instanceof Broken)
        return 'trap';
    if (error instanceof ClockError)
        return 'clock';
    return error instanceof EngineError ? 'invalid_call' : 'instance';
}
/** What a caller gets instead of a verdict when a call of the module failed. */
export function unavailable(error) {
    return outage(callReason(error), error).error;
}
