import type { Accepted } from './answers.js';
import type { AuthError } from './errors.js';
import type { Identity, KeyFacts, TokenFacts } from './identity.js';
import type { HostOptions } from './options.js';
export interface AcceptedResult {
    readonly ok: true;
    readonly identity: Identity;
    readonly token: TokenFacts;
    readonly keys: KeyFacts;
}
export interface RejectedResult {
    readonly ok: false;
    readonly error: AuthError;
}
/** What a check answers; told apart by `ok`. */
export type CheckResult = AcceptedResult | RejectedResult;
/** Runs the hooks on an accepted token. A promise only if a hook returns one; it never rejects. */
export declare function runHooks(accepted: Accepted, hooks: HostOptions): CheckResult | Promise<CheckResult>;
/** No verdict is possible, and the token is not to blame. */
export declare function outage(reason: string, cause?: unknown): RejectedResult;
export declare function isThenable(value: unknown): value is PromiseLike<unknown>;
