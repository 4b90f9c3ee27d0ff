"use strict";
// The public names of `@fuzefront/authn`.
Object.defineProperty(exports, "__esModule", { value: true });
exports.PolicyError = exports.EngineError = exports.AuthError = exports.AUTH_ERROR_CODES = void 0;
exports.createVerifier = createVerifier;
const engine_js_1 = require("./engine.js");
const verifier_js_1 = require("./verifier.js");
/** Makes a verifier, synchronously. Throws PolicyError for options that are refused. */
function createVerifier(options) {
    return new verifier_js_1.Verifier(options, engine_js_1.instantiate);
}
var errors_js_1 = require("./errors.js");
Object.defineProperty(exports, "AUTH_ERROR_CODES", { enumerable: true, get: function () { return errors_js_1.AUTH_ERROR_CODES; } });
Object.defineProperty(exports, "AuthError", { enumerable: true, get: function () { return errors_js_1.AuthError; } });
Object.defineProperty(exports, "EngineError", { enumerable: true, get: function () { return errors_js_1.EngineError; } });
Object.defineProperty(exports, "PolicyError", { enumerable: true, get: function () { return errors_js_1.PolicyError; } });
