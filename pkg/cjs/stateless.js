"use strict";
// Calls that need no policy: one instance serves them all. After a trap it is dropped, like any other.
Object.defineProperty(exports, "__esModule", { value: true });
exports.once = once;
const engine_js_1 = require("./engine.js");
const errors_js_1 = require("./errors.js");
let shared;
/** Does one piece of work with the shared instance. Throws EngineError if the module traps. */
function once(work) {
    const engine = (shared ??= new engine_js_1.Engine());
    try {
        return work(engine);
    }
    catch (cause) {
        if (!(cause instanceof engine_js_1.Broken))
            throw cause;
        shared = undefined;
        throw new errors_js_1.EngineError('the module traps', { cause });
    }
}
