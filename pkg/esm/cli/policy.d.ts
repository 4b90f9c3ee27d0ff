import type { Io } from './io.js';
import type { Given } from './options.js';
/** The policy. Throws UsageError if it is not given, or not whole. */
export declare function policyOf(io: Io, given: Given): Promise<string>;
/** The policy, where options describe one. */
export declare function optionalPolicyOf(io: Io, given: Given): Promise<string | undefined>;
/** The module's answer on a contract, as it came. */
export declare function contractAnswer(io: Io, option: string, file: string, given: Given): Promise<string>;
