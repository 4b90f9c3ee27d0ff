import type { IssuerStatus } from './answers.js';
import type { ContractFacts } from './contract.js';
import type { Door } from './engine.js';
import type { ExplainOptions, Explanation } from './explanation.js';
import type { Health, ReadyStatus } from './health.js';
import type { CheckResult } from './hooks.js';
import type { Identity } from './identity.js';
import type { VerifierOptions } from './options.js';
import type { RestoreResult, Snapshot } from './snapshot.js';
/** Verifies tokens under one policy. Made by `createVerifier`. */
export declare class Verifier {
    #private;
    /** SHA-256 of the policy in canonical form: equal in every host that has the same policy. */
    readonly fingerprint: string;
    /** The contract it was made from, and the app and environment in it. */
    readonly contract: ContractFacts | undefined;
    /** Throws PolicyError for options, ContractError for a contract, that the module refuses. */
    constructor(options: VerifierOptions, instantiate: () => Door);
    /** SHA-256 of the WebAssembly module's bytes, hexadecimal. */
    get digest(): string;
    /** The identity a token speaks for. Throws AuthError. */
    verify(token: string | null | undefined): Promise<Identity>;
    /** Like `verify`, but the answer is a value: nothing is thrown for a bad token. */
    check(token: string | null | undefined): Promise<CheckResult>;
    /** Like `check`, on the value (or values) of a request's `Authorization` header (RFC 6750 section 2.1). */
    checkAuthorization(header: string | readonly string[] | null | undefined): Promise<CheckResult>;
    /**
     * Like `check`, without waiting. When keys are missing the answer is JWKS_UNAVAILABLE, and they are fetched in the
     * background. Hooks must be synchronous here: one that returns a promise makes the answer VERIFIER_UNAVAILABLE.
     */
    checkSync(token: string | null | undefined): CheckResult;
    /**
     * Every step of `check`, and where it ended. What stands in claims is left out unless `values` asks for it; hooks are
     * not run. Throws AuthError VERIFIER_UNAVAILABLE where `check` has it.
     */
    explain(token: string | null | undefined, options?: ExplainOptions): Promise<Explanation>;
    /**
     * Fetches the keys of every issuer, and tells of each whether its tokens can be verified now. One that is down does
     * not sink the others: throws AuthError JWKS_UNAVAILABLE only if no issuer has keys.
     */
    ready(): Promise<readonly ReadyStatus[]>;
    /**
     * Whether this verifier can do its work, as it stands now: for a readiness probe. Never throws. What is due is fetched
     * in the background, so that a verifier that gets no tokens finds its keys again.
     */
    health(): Health;
    /** The key sets that were fetched, for a process that starts later: the option `snapshot`. Throws as `status`. */
    snapshot(): Snapshot;
    /**
     * Takes in the key sets of a snapshot that are newer than those in force, and tells of each what became of it. Throws
     * PolicyError for what is no snapshot, and as `status`.
     */
    restore(snapshot: Snapshot): readonly RestoreResult[];
    /** The keys of every issuer entry, in the order of the policy. Throws AuthError VERIFIER_UNAVAILABLE. */
    status(): readonly IssuerStatus[];
    /** Nothing is fetched any more, and every check answers VERIFIER_UNAVAILABLE. May be called twice. */
    close(): void;
}
