import type { Explained, Verdict } from './answers.js';
import type { AuthErrorCode } from './errors.js';
/** One check. `clause` is the clause of the contract that asks for it (docs/contract/v1.md). */
export interface Step {
    readonly step: string;
    readonly clause: string;
    /** `pending`: keys are needed first; `not_checked`: `reason` says why. */
    readonly status: 'passed' | 'failed' | 'pending' | 'not_checked';
    /** Whether the signature held before this step; if not, a step that passed says only what the token claims. */
    readonly verified: boolean;
    readonly code?: AuthErrorCode;
    readonly reason?: string;
    readonly part?: string;
    readonly claim?: string;
    readonly expected?: unknown;
    /** Left out for claims, unless values were asked for. */
    readonly found?: unknown;
}
export interface ExplainOptions {
    /** Show what was found in claims. Default false. */
    readonly values?: boolean | undefined;
}
/** The verdict in short, and its steps, always all of them and in the same order. */
export interface Explanation {
    readonly verdict: 'accepted' | 'rejected';
    /** Left out when accepted, as are `status` and `message`. */
    readonly code?: AuthErrorCode;
    readonly status?: number;
    readonly message?: string;
    readonly steps: readonly Step[];
}
/** The public form of an answer. */
export declare function explanationOf({ verdict, steps }: Explained): Explanation;
/** What stands when no more keys come. */
export declare function finalOf(verdict: Verdict): Exclude<Verdict, {
    verdict: 'keys_needed';
}>;
