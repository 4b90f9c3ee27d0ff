import { UsageError } from './io.js';
import type { Given } from './options.js';
/** The members of an answer of the module that refuses. */
export interface Refusal {
    readonly path?: string | undefined;
    readonly message: string;
}
/** What to throw; `text` is the module's answer as it came. */
export declare function refused(given: Given, refusal: Refusal, text: string): UsageError;
/** One line on a refusal. */
export declare function refusalLine({ path, message }: Refusal): string;
