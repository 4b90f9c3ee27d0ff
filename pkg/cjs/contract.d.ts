import type { VerifierOptions } from './options.js';
/** Which contract, and which part of it, a verifier was made from. */
export interface ContractFacts {
    readonly name: string;
    readonly version: string;
    readonly app: string;
    readonly environment: string;
    /** Why every token may be refused although the policy is right: the app is not `active` (clause 1.6). */
    readonly warning?: string;
}
/** The family's contract, docs/contract/fuzefront.v1.json; a new copy at each call. */
export declare function familyContract(): object;
/** What a verifier opens. Throws PolicyError for options, ContractError for a contract, that is refused. */
export declare function openingOf(options: VerifierOptions): {
    policy: string;
    contract: ContractFacts | undefined;
};
