// One GET for the doctor: unlike the download of keys, any answer is of interest, and so is the way it failed
// (docs/abi.md, "Diagnosis"). Never throws.
const SECONDS = 5;
const BYTES = 65_536;
/** Looks at one URL. */
export async function look(fetch, target) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new TimeUp()), SECONDS * 1000);
    const started = performance.now();
    const seen = await ended(abort.signal, get(fetch, target, abort.signal)).catch((cause) => failed(cause));
    clearTimeout(timer);
    abort.abort(new TimeUp());
    return { ...target, ...seen, elapsed: Math.round(performance.now() - started) / 1000 };
}
async function get(fetch, { what, url }, signal) {
    const accept = what === 'page' ? 'text/html' : 'application/json';
    const init = { method: 'GET', headers: { accept }, cache: 'no-store', credentials: 'omit' };
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const headers = headersOf(response);
    // A browser hides where it leads: status 0.
    if (response.redirected || response.status === 0 || REDIRECTS.includes(response.status))
        return { error: 'redirect', ...headers };
    if (what === 'page')
        return { status: response.status, ...headers };
    const body = await text(response);
    return body === undefined ? { error: 'too_large', ...headers } : { status: response.status, body, ...headers };
}
const REDIRECTS = [301, 302, 303, 307, 308];
const HEADERS = {
    date: 'date',
    cors: 'access-control-allow-origin',
    location: 'location',
    csp: 'content-security-policy',
};
// A browser keeps this header to itself when the page is of another origin: nobody knows then.
function headersOf({ headers, type }) {
    const found = Object.entries(HEADERS).map(([name, header]) => [name, headers.get(header)]);
    const seen = found.filter(([name, value]) => value !== null || (name === 'cors' && type !== 'cors'));
    return Object.fromEntries(seen);
}
async function text(response) {
    const decoder = new TextDecoder();
    const reader = response.body?.getReader();
    let body = '';
    for (let length = 0; reader !== undefined;) {
        const { done, value } = await reader.read();
        if (done)
            break;
        length += value?.length ?? 0;
        if (length > BYTES)
            return undefined;
        body += decoder.decode(value, { stream: true });
    }
    return body + decoder.decode();
}
// An injected fetch may ignore the signal; the race ends all the same.
function ended(signal, work) {
    return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        work.then(resolve, reject);
    });
}
class TimeUp extends Error {
    name = 'TimeUp';
}
function failed(cause) {
    return { error: errorOf(cause) };
}
/** The class of a failure; what happened is often some levels down, in `cause`. */
export function errorOf(failure) {
    for (let cause = failure, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
        const code = String(cause.code ?? '');
        if (cause instanceof TimeUp || isTimeout(cause.name, code))
            return 'timeout';
        if (code === 'ECONNREFUSED')
            return 'refused';
        if (/^(ENOTFOUND|EAI_[A-Z]+|EDNS)$/.test(code))
            return 'dns';
        if (/CERT|SSL|TLS|^EPROTO$|UNABLE_TO_|SELF_SIGNED|HOSTNAME/.test(code))
            return 'tls';
    }
    return 'network';
}
// By name an `AbortError` too, but it is what undici says of a proxy that refuses.
const HUNG_UP = 'UND_ERR_ABORTED';
function isTimeout(name, code) {
    return (/^(AbortError|TimeoutError)$/.test(name) && code !== HUNG_UP) || /TIMEOUT|TIMEDOUT/.test(code);
}
