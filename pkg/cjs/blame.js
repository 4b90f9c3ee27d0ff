"use strict";
// Which issuer entry an outage of keys is about, where the module does not say: for the cause in a log, never for a
// verdict.
Object.defineProperty(exports, "__esModule", { value: true });
exports.entryNamedIn = entryNamedIn;
const inspection_js_1 = require("./inspection.js");
/** The index of the entry that names the `iss` of a token, or of an `Authorization` header's; undefined if none does. */
function entryNamedIn(text, issuers) {
    if (issuers.length === 1)
        return 0;
    const iss = (0, inspection_js_1.inspect)(text.trim().split(' ').at(-1) ?? '').claims?.['iss'];
    if (typeof iss !== 'string')
        return undefined;
    // The module chose by the same `iss`, and no two entries of a policy share one.
    const index = issuers.findIndex(({ issuer }) => Array.isArray(issuer) && issuer.includes(iss));
    return index === -1 ? undefined : index;
}
