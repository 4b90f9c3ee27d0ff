"use strict";
// `@fuzefront/authn/doctor`: what is wrong between a policy, an issuer and perhaps a token.
Object.defineProperty(exports, "__esModule", { value: true });
exports.diagnose = diagnose;
const contract_js_1 = require("./contract.js");
const diagnosis_js_1 = require("./diagnosis.js");
const errors_js_1 = require("./errors.js");
const opened_js_1 = require("./opened.js");
/** What was found, the gravest first. Throws PolicyError for a policy that is refused. */
async function diagnose(symptoms) {
    const { policy, offline, clock, fetch, ...rest } = symptoms;
    const { answer } = await (0, diagnosis_js_1.examine)({
        ...rest,
        policy: policy === undefined ? undefined : textOf(policy),
        now: clock ?? (() => Date.now() / 1000),
        fetch: offline === true ? undefined : (fetch ?? globalThis.fetch),
    });
    if ('error' in answer)
        throw new errors_js_1.PolicyError(answer.error.message, answer.error.path ?? '');
    return answer.findings;
}
function textOf(policy) {
    return (0, opened_js_1.policyOfVerifier)(policy) ?? (0, contract_js_1.openingOf)(policy).policy;
}
