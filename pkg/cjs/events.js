"use strict";
// What a verifier tells its owner while it works. No event holds a token, a subject or a key id, so all of it may
// become labels of metrics.
Object.defineProperty(exports, "__esModule", { value: true });
exports.tell = tell;
exports.secondsSince = secondsSince;
const hooks_js_1 = require("./hooks.js");
/** Tells a listener; whatever it does, nothing comes back. */
function tell(listener, event) {
    try {
        const answer = listener(event);
        if ((0, hooks_js_1.isThenable)(answer))
            Promise.resolve(answer).catch(() => undefined);
    }
    catch {
        // A listener that fails must not change a verdict.
    }
}
/** Seconds since a moment of `performance.now()`. */
function secondsSince(started) {
    return (performance.now() - started) / 1000;
}
