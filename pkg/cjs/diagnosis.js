"use strict";
// Lets the module look (docs/abi.md, "Diagnosis"): it asks for documents, they are fetched or taken from what was
// given, and it is asked again, until it wants nothing more.
Object.defineProperty(exports, "__esModule", { value: true });
exports.examine = examine;
const probe_js_1 = require("./probe.js");
const stateless_js_1 = require("./stateless.js");
const MAX_CALLS = 4;
// Far beyond any token that is read, so that the module says so; a whole one might not fit.
const TOKEN_LENGTH = 65_536;
/** Throws EngineError for a policy that fills the module's buffer by itself. */
async function examine(given) {
    const sights = [...pastedOf(given)];
    const { fetch, page } = given;
    if (page !== undefined && fetch !== undefined)
        sights.push(await (0, probe_js_1.look)(fetch, { what: 'page', url: page }));
    for (let call = 1;; call++) {
        const diagnosis = ask(given, sights);
        if ('error' in diagnosis.answer || fetch === undefined || call === MAX_CALLS)
            return diagnosis;
        const { wanted } = diagnosis.answer;
        if (wanted.length === 0)
            return diagnosis;
        sights.push(...(await Promise.all(wanted.map((target) => (0, probe_js_1.look)(fetch, target)))));
    }
}
function pastedOf({ discovery, keySet }) {
    const documents = [
        ['discovery', discovery],
        ['key_set', keySet],
    ];
    return documents.flatMap(([what, body]) => (body === undefined ? [] : [{ what, body }]));
}
function ask({ now, policy, token }, sights) {
    return (0, stateless_js_1.once)((engine) => {
        const answer = engine.diagnose(fitting(engine.size, sights, (seen) => requestOf(now(), policy, token, seen)));
        return { answer, text: engine.lastText() };
    });
}
// The message buffer has an end: bodies are left out, the longest first, until the request fits.
function fitting(size, sights, request) {
    const seen = [...sights];
    const longest = [...seen.keys()].sort((a, b) => lengthOf(seen[b]) - lengthOf(seen[a]));
    for (const index of longest) {
        if (bytesOf(request(seen)) <= size)
            break;
        const { status: _status, body: _body, ...rest } = seen[index];
        seen[index] = { ...rest, error: 'too_large' };
    }
    return request(seen);
}
function lengthOf(sight) {
    return sight?.body?.length ?? 0;
}
function bytesOf(text) {
    return new TextEncoder().encode(text).length;
}
// The policy goes in as it stands: what the module would refuse in it must reach it.
function requestOf(now, policy, token, fetched) {
    const rest = JSON.stringify({ now, token: token?.slice(0, TOKEN_LENGTH), fetched });
    return policy === undefined ? rest : `${rest.slice(0, -1)},"policy":${policy}}`;
}
