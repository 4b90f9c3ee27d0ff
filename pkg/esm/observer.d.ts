import type { IssuerStatus, Verdict } from './answers.js';
import type { ContractFacts } from './contract.js';
import { AuthError } from './errors.js';
import type { AuthEvent, EventListener, KeyFetchEvent } from './events.js';
import type { CheckResult } from './hooks.js';
export declare class Observer {
    #private;
    /** `status` may throw. */
    constructor(listener: EventListener | undefined, status: () => readonly IssuerStatus[]);
    tell(event: AuthEvent): void;
    /** The verifier was made, perhaps from a contract. */
    contractRead(contract: ContractFacts | undefined): void;
    /** A document came, or did not; the keys may have changed with it. */
    fetched(issuer: number, fetch: Omit<KeyFetchEvent, 'type' | 'issuer'>): void;
    /** The keys may have changed: tells what is new about every entry. */
    keysChanged(): void;
    /** The module answered; `first` is its first answer to this check. */
    answered(verdict: Verdict, first: boolean): void;
    /** A check of `input`, a token or a header, has ended. */
    checked(result: CheckResult, answer: Verdict | AuthError, started: number, input: unknown): void;
}
/** The allowed names of an entry; none for the one whose tokens have no `iss`. */
export declare function namesOf(issuer: IssuerStatus['issuer']): readonly string[];
