"use strict";
// Why something of the host's own failed, as a fixed word: for events, health and error details. What happened
// exactly stands in the message and the cause, for the log.
Object.defineProperty(exports, "__esModule", { value: true });
exports.KeyFailure = void 0;
exports.fetchReason = fetchReason;
exports.callReason = callReason;
exports.unavailable = unavailable;
const clock_js_1 = require("./clock.js");
const engine_js_1 = require("./engine.js");
const errors_js_1 = require("./errors.js");
const hooks_js_1 = require("./hooks.js");
const probe_js_1 = require("./probe.js");
/** Keys could not be had. */
class KeyFailure extends Error {
    name = 'KeyFailure';
    reason;
    constructor(reason, message, cause) {
        super(message, cause === undefined ? undefined : { cause });
        this.reason = reason;
    }
}
exports.KeyFailure = KeyFailure;
/** The word for a fetch that failed: `http_503`, `redirect`, or one of the doctor's words. */
function fetchReason(failure) {
    if (failure instanceof KeyFailure)
        return failure.reason;
    const reason = (0, probe_js_1.errorOf)(failure);
    return reason === 'network' && isRedirect(failure) ? 'redirect' : reason;
}
// Node's fetch has words for it, and no code; only a fetch that is told to throw at redirects says them.
function isRedirect(failure) {
    return failure instanceof Error && (failure.message === 'unexpected redirect' || isRedirect(failure.cause));
}
/** The word for a call of the module that failed. */
function callReason(error) {
    if (error instanceof engine_js_1.Broken)
        return 'trap';
    if (error instanceof clock_js_1.ClockError)
        return 'clock';
    return error instanceof errors_js_1.EngineError ? 'invalid_call' : 'instance';
}
/** What a caller gets instead of a verdict when a call of the module failed. */
function unavailable(error) {
    return (0, hooks_js_1.outage)(callReason(error), error).error;
}
