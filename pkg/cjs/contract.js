"use strict";
// From a contract to the policy of one app: the module reads the contract, this file only carries (docs/abi.md,
// "Contract").
Object.defineProperty(exports, "__esModule", { value: true });
exports.familyContract = familyContract;
exports.openingOf = openingOf;
const errors_js_1 = require("./errors.js");
const family_js_1 = require("./family.js");
const options_js_1 = require("./options.js");
const stateless_js_1 = require("./stateless.js");
/** The family's contract, docs/contract/fuzefront.v1.json; a new copy at each call. */
function familyContract() {
    return JSON.parse(family_js_1.FAMILY_CONTRACT);
}
/** What a verifier opens. Throws PolicyError for options, ContractError for a contract, that is refused. */
function openingOf(options) {
    const contract = options?.contract;
    return contract === undefined ? { policy: (0, options_js_1.policyOf)(options), contract } : opened(options);
}
function opened(options) {
    if (options.app === undefined)
        throw new errors_js_1.ContractError('is missing; name the app of the contract that verifies', '/app');
    const request = (0, options_js_1.contractRequestOf)(options);
    const answer = (0, stateless_js_1.once)((engine) => engine.contract(request));
    if ('error' in answer)
        throw new errors_js_1.ContractError(answer.error.message, answer.error.path ?? '');
    // All members are there when an app was named; a warning only where there is something to warn of.
    const { contract, app, environment, policy } = answer;
    const { name, version } = contract;
    const warning = answer.warning === undefined ? {} : { warning: answer.warning };
    return { policy: JSON.stringify(policy), contract: { name, version, app, environment, ...warning } };
}
