// Lets the module look (docs/abi.md, "Diagnosis"): it asks for documents, they are fetched or taken from what was
// given, and it is asked again, until it wants nothing more.
import { look } from './probe.js';
import { once } from './stateless.js';
const MAX_CALLS = 4;
export async function examine(given) {
    const pasted = new Map(pastedOf(given));
    const sights = [];
    if (given.page !== undefined && given.fetch !== undefined)
        sights.push(await look(given.fetch, { what: 'page', url: given.page }));
    for (let call = 1;; call++) {
        const diagnosis = ask(given, sights);
        if ('error' in diagnosis.answer)
            return diagnosis;
        const found = await Promise.all(diagnosis.answer.wanted.map((wanted) => bring(wanted, pasted, given.fetch)));
        const seen = found.filter((sight) => sight !== undefined);
        if (seen.length === 0 && pasted.size === 0)
            return diagnosis;
        if (call === MAX_CALLS)
            return diagnosis;
        sights.push(...(seen.length === 0 ? unasked(pasted) : seen));
    }
}
function pastedOf({ discovery, keySet }) {
    const documents = [
        ['discovery', discovery],
        ['key_set', keySet],
    ];
    return documents.flatMap(([what, body]) => (body === undefined ? [] : [[what, body]]));
}
// A pasted document answers the first question it fits; the others go to the network.
async function bring(wanted, pasted, fetch) {
    const body = pasted.get(wanted.what);
    if (body === undefined)
        return fetch === undefined ? undefined : look(fetch, wanted);
    pasted.delete(wanted.what);
    return { ...wanted, status: 200, body };
}
// Nobody asked for what was pasted: it is looked at all the same.
function unasked(pasted) {
    const sights = [...pasted].map(([what, body]) => ({ what, url: '', status: 200, body }));
    pasted.clear();
    return sights;
}
function ask({ now, policy, token }, sights) {
    return once((engine) => {
        const answer = engine.diagnose(fitting(engine.size, sights, (seen) => requestOf(now(), policy, token, seen)));
        return { answer, text: engine.lastText() };
    });
}
// The message buffer has an end: bodies are left out, the last ones first, until the request fits.
function fitting(size, sights, request) {
    const seen = [...sights];
    for (let last = seen.length - 1; last >= 0 && bytesOf(request(seen)) > size; last--) {
        const { status: _status, body: _body, ...rest } = seen[last];
        seen[last] = { ...rest, error: 'too_large' };
    }
    return request(seen);
}
function bytesOf(text) {
    return new TextEncoder().encode(text).length;
}
// The policy goes in as it stands: what the module would refuse in it must reach it.
function requestOf(now, policy, token, fetched) {
    const rest = JSON.stringify({ now, token, fetched });
    return policy === undefined ? rest : `${rest.slice(0, -1)},"policy":${policy}}`;
}
