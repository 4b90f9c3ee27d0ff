"use strict";
// The public names of `@fuzefront/authn`.
Object.defineProperty(exports, "__esModule", { value: true });
exports.inspect = exports.PolicyError = exports.EngineError = exports.ContractError = exports.AuthError = exports.AUTH_ERROR_CODES = exports.familyContract = void 0;
exports.createVerifier = createVerifier;
const engine_js_1 = require("./engine.js");
const verifier_js_1 = require("./verifier.js");
/** Makes a verifier, synchronously. Throws PolicyError for options, ContractError for a contract, that is refused. */
function createVerifier(options) {
    return new verifier_js_1.Verifier(options, engine_js_1.instantiate);
}
var contract_js_1 = require("./contract.js");
Object.defineProperty(exports, "familyContract", { enumerable: true, get: function () { return contract_js_1.familyContract; } });
var errors_js_1 = require("./errors.js");
Object.defineProperty(exports, "AUTH_ERROR_CODES", { enumerable: true, get: function () { return errors_js_1.AUTH_ERROR_CODES; } });
Object.defineProperty(exports, "AuthError", { enumerable: true, get: function () { return errors_js_1.AuthError; } });
Object.defineProperty(exports, "ContractError", { enumerable: true, get: function () { return errors_js_1.ContractError; } });
Object.defineProperty(exports, "EngineError", { enumerable: true, get: function () { return errors_js_1.EngineError; } });
Object.defineProperty(exports, "PolicyError", { enumerable: true, get: function () { return errors_js_1.PolicyError; } });
var inspection_js_1 = require("./inspection.js");
Object.defineProperty(exports, "inspect", { enumerable: true, get: function () { return inspection_js_1.inspect; } });
