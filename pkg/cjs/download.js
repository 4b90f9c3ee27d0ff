"use strict";
// One GET of a key document, and its single flight: whoever asks for a URL while it is under way joins. The only
// network of this package.
Object.defineProperty(exports, "__esModule", { value: true });
exports.underWay = underWay;
exports.join = join;
const failure_js_1 = require("./failure.js");
const freshness_js_1 = require("./freshness.js");
// By fetch function too: two of them may trust different authorities, so they never share an answer.
const flights = new WeakMap();
/** Whether a download of `url` could be joined. */
function underWay(fetch, url) {
    return flights.get(fetch)?.has(url) === true;
}
/** Joins the download of `url`, or starts it. The outcome never rejects. */
function join(fetch, url, limits) {
    const byUrl = flights.get(fetch) ?? new Map();
    flights.set(fetch, byUrl);
    const shared = byUrl.get(url) ?? start(fetch, url, limits, byUrl);
    shared.joined++;
    return {
        outcome: shared.outcome,
        leave: () => {
            if (--shared.joined === 0 && !shared.done)
                shared.abort.abort(new Error('nobody waits for it any more'));
        },
    };
}
function start(fetch, url, limits, byUrl) {
    const abort = new AbortController();
    const end = () => {
        shared.done = true;
        if (byUrl.get(url) === shared)
            byUrl.delete(url);
    };
    const outcome = download(fetch, url, limits, abort).finally(end);
    const shared = { outcome, abort, joined: 0, done: false };
    // A request that was given up is not joined by those who come later.
    abort.signal.addEventListener('abort', end);
    byUrl.set(url, shared);
    return shared;
}
async function download(fetch, url, limits, abort) {
    const { signal } = abort;
    const late = new failure_js_1.KeyFailure('timeout', `no answer within ${limits.seconds} s`);
    const timer = setTimeout(() => abort.abort(late), limits.seconds * 1000);
    let told = freshness_js_1.UNTOLD;
    try {
        // An injected fetch may ignore the signal; the race ends all the same.
        const response = await orAborted(signal, fetch(url, {
            method: 'GET',
            headers: { accept: 'application/json' },
            // Not `error`: that would hide the answer's `Retry-After`.
            redirect: 'manual',
            cache: 'no-store',
            credentials: 'omit',
            signal,
        }));
        told = toldBy(response);
        const reader = response.body?.getReader();
        const refusal = refusalOf(response);
        if (refusal !== undefined) {
            reader?.cancel().catch(() => undefined);
            throw refusal;
        }
        const body = reader === undefined ? new Uint8Array() : await readBody(reader, limits.bytes, signal);
        return { body, cacheControl: response.headers.get('cache-control'), age: response.headers.get('age') };
    }
    catch (cause) {
        return { error: new failure_js_1.KeyFailure((0, failure_js_1.fetchReason)(cause), `cannot fetch \`${url}\`: ${textOf(cause)}`, cause), ...told };
    }
    finally {
        clearTimeout(timer);
    }
}
// An answer from elsewhere says nothing of this server.
function toldBy({ redirected, headers }) {
    return redirected !== false ? freshness_js_1.UNTOLD : { retryAfter: headers.get('retry-after'), date: headers.get('date') };
}
function refusalOf({ redirected, status, type }) {
    // Whose answer does not tell may have followed one.
    if (redirected === undefined)
        return new failure_js_1.KeyFailure('redirect', 'the answer of `fetch` has no `redirected`');
    // A browser hides what a redirect answers: status 0.
    if (redirected || type === 'opaqueredirect' || (status >= 300 && status < 400))
        return new failure_js_1.KeyFailure('redirect', 'it was redirected');
    return status === 200 ? undefined : new failure_js_1.KeyFailure(`http_${Number(status)}`, `HTTP status ${status}`);
}
async function readBody(reader, limit, signal) {
    const chunks = [];
    let length = 0;
    try {
        for (;;) {
            const { done, value } = await orAborted(signal, reader.read());
            if (done)
                return concat(chunks, length);
            if (value === undefined)
                continue;
            length += value.length;
            if (length > limit)
                throw new failure_js_1.KeyFailure('too_large', `the body is longer than ${limit} bytes`);
            chunks.push(value);
        }
    }
    catch (error) {
        reader.cancel(error).catch(() => undefined);
        throw error;
    }
}
function concat(chunks, length) {
    const whole = new Uint8Array(length);
    let offset = 0;
    for (const chunk of chunks) {
        whole.set(chunk, offset);
        offset += chunk.length;
    }
    return whole;
}
function orAborted(signal, work) {
    return new Promise((resolve, reject) => {
        const onAbort = () => reject(signal.reason);
        if (signal.aborted)
            onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
        work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
}
function textOf(cause) {
    if (!(cause instanceof Error))
        return 'the request failed';
    // Node's fetch says only "fetch failed"; what happened is one level down.
    const inner = cause.cause instanceof Error
        ? `: ${cause.cause.message || String(cause.cause.code ?? '')}`
        : '';
    return cause.message + inner;
}
