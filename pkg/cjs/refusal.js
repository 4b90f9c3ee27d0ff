"use strict";
// Why the module refused a document, in words for a log; the module itself says one word.
Object.defineProperty(exports, "__esModule", { value: true });
exports.refusalOf = refusalOf;
const decoder = new TextDecoder();
const MAX_SHOWN = 200;
/** `expected` are the names of the entry: discovery is asked of the first (OpenID Connect Discovery 1.0 section 4.3). */
function refusalOf(reason, body, expected = []) {
    const [wanted] = expected;
    if (reason !== 'issuer_mismatch' || wanted === undefined)
        return reason;
    const found = issuerIn(body);
    if (typeof found !== 'string')
        return `${reason}: it names no issuer, the policy \`${wanted}\``;
    const slash = bare(found) === bare(wanted) ? '; only the trailing slash differs' : '';
    return `${reason}: it names \`${shown(found)}\`, the policy \`${wanted}\`${slash}`;
}
function issuerIn(body) {
    try {
        return JSON.parse(decoder.decode(body))?.issuer;
    }
    catch {
        return undefined;
    }
}
function bare(issuer) {
    return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
}
// What anybody may have written must not forge lines of a log, nor fill it.
function shown(text) {
    return text.slice(0, MAX_SHOWN).replace(/[^\x20-\x7e]/g, '?');
}
