// Whether a verifier can do its work, for a start and for a readiness probe. Nothing is fetched here.
/** Whether there are keys that may be used. */
export function isUsable({ state }) {
    return state !== 'empty' && state !== 'dead';
}
// Keys that are only too old, because nobody asked for them: the next token waits for a fetch, and then passes.
function serves(status) {
    return isUsable(status) || (status.state === 'dead' && status.failures === 0);
}
export function readyOf(issuers, errorOf) {
    return issuers.map((status, index) => ({ ...status, usable: isUsable(status), ...errorAt(status, index, errorOf) }));
}
/** Without entries, as after closing, nothing is ready. */
export function healthOf(issuers, errorOf) {
    return { status: statusOf(issuers), issuers: issuers.map((status, index) => entryOf(status, index, errorOf)) };
}
function statusOf(issuers) {
    if (!issuers.some(serves))
        return 'not_ready';
    return issuers.every((status) => isUsable(status) && status.state !== 'stale' && status.keys > 0)
        ? 'ready'
        : 'degraded';
}
function entryOf(status, index, errorOf) {
    const { issuer, state, age, keys, failures } = status;
    return { issuer, state, age, keys, failures, ...errorAt(status, index, errorOf) };
}
// An error that no longer matters is not told: keys may have come by another way since.
function errorAt(status, index, errorOf) {
    const error = status.failures > 0 || !isUsable(status) ? errorOf(index) : undefined;
    return error === undefined ? {} : { error };
}
