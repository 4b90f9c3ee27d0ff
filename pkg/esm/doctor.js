// `@fuzefront/authn/doctor`: what is wrong between a policy, an issuer and perhaps a token.
import { openingOf } from './contract.js';
import { examine } from './diagnosis.js';
import { PolicyError } from './errors.js';
import { policyOfVerifier } from './opened.js';
/** What was found, the gravest first. Throws PolicyError for a policy that is refused. */
export async function diagnose(symptoms) {
    const { policy, offline, clock, fetch, ...rest } = symptoms;
    const { answer } = await examine({
        ...rest,
        policy: policy === undefined ? undefined : textOf(policy),
        now: clock ?? (() => Date.now() / 1000),
        fetch: offline === true ? undefined : (fetch ?? globalThis.fetch),
    });
    if ('error' in answer)
        throw new PolicyError(answer.error.message, answer.error.path ?? '');
    return answer.findings;
}
function textOf(policy) {
    return policyOfVerifier(policy) ?? openingOf(policy).policy;
}
