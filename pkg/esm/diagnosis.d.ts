import type { Diagnosed, Refused } from './answers.js';
import type { Fetch } from './download.js';
/** What a diagnosis starts from. */
export interface Case {
    readonly now: () => number;
    /** The text of a policy. */
    readonly policy?: string | undefined;
    readonly token?: string | undefined;
    /** Documents that are at hand, instead of fetching them. */
    readonly discovery?: string | undefined;
    readonly keySet?: string | undefined;
    readonly page?: string | undefined;
    /** Without it nothing is fetched. */
    readonly fetch?: Fetch | undefined;
}
/** The module's last answer, and its text as it came. */
export interface Diagnosis {
    readonly answer: Diagnosed | Refused;
    readonly text: string;
}
/** Throws EngineError for a policy that fills the module's buffer by itself. */
export declare function examine(given: Case): Promise<Diagnosis>;
