import type { Explained, Verdict } from '../answers.js';
import type { Io } from './io.js';
import type { Given } from './options.js';
/** An answer, and its text. */
export interface Answer<T> {
    readonly value: T;
    readonly text: string;
    /** Why the keys could not be had, in the words of this host. */
    readonly failure: string | undefined;
}
/** Asks whether a token is accepted. Throws UsageError if the policy is refused. */
export declare function askVerify(io: Io, given: Given, policy: string, token: string): Promise<Answer<Verdict>>;
/** Asks for every step. Throws UsageError if the policy is refused. */
export declare function askExplain(io: Io, given: Given, policy: string, token: string, values: boolean): Promise<Answer<Explained>>;
