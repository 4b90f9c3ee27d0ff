import type { IssuerStatus, Verdict } from './answers.js';
export declare class Generations {
    #private;
    /** A key set came into force. */
    stored(issuer: number, generation: number): void;
    /** A new instance was told everything the old one knew, and has this status. */
    renewed(issuers: readonly IssuerStatus[]): void;
    ofStatus(issuers: readonly IssuerStatus[]): readonly IssuerStatus[];
    ofVerdict(verdict: Verdict): Verdict;
}
