// From a contract to the policy of one app: the module reads the contract, this file only carries (docs/abi.md,
// "Contract").
import { ContractError } from './errors.js';
import { FAMILY_CONTRACT } from './family.js';
import { contractRequestOf, policyOf } from './options.js';
import { once } from './stateless.js';
/** The family's contract, docs/contract/fuzefront.v1.json; a new copy at each call. */
export function familyContract() {
    return JSON.parse(FAMILY_CONTRACT);
}
/** What a verifier opens. Throws PolicyError for options, ContractError for a contract, that is refused. */
export function openingOf(options) {
    const contract = options?.contract;
    return contract === undefined ? { policy: policyOf(options), contract } : opened(options);
}
function opened(options) {
    if (options.app === undefined)
        throw new ContractError('is missing; name the app of the contract that verifies', '/app');
    const request = contractRequestOf(options);
    const answer = once((engine) => engine.contract(request));
    if ('error' in answer)
        throw new ContractError(answer.error.message, answer.error.path ?? '');
    // All members are there when an app was named; a warning only where there is something to warn of.
    const { contract, app, environment, policy } = answer;
    const { name, version } = contract;
    const warning = answer.warning === undefined ? {} : { warning: answer.warning };
    return { policy: JSON.stringify(policy), contract: { name, version, app, environment, ...warning } };
}
