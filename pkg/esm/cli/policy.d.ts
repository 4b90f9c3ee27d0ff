import type { Io } from './io.js';
import type { Given } from './options.js';
/** A policy as text, and what the contract it came from warns of. */
export interface Chosen {
    readonly text: string;
    readonly warning?: string | undefined;
}
/** The policy. Throws UsageError if it is not given, or not whole. */
export declare function policyOf(io: Io, given: Given): Promise<Chosen>;
/** The policy, where options describe one. */
export declare function optionalPolicyOf(io: Io, given: Given): Promise<Chosen | undefined>;
/** The module's answer on a contract, as it came. */
export declare function contractAnswer(io: Io, option: string, file: string, given: Given): Promise<string>;
