import type { FetchRequest } from './answers.js';
/**
 * The last answer of `ask`. Between two of them runs the fetch the first wanted, unless none may be made or the time
 * is up: then the answer stands, still wanting.
 */
export declare function settle<Answer>(ask: () => Answer, wanted: (answer: Answer) => FetchRequest | undefined, run: (fetch: FetchRequest) => Promise<unknown> | undefined): Promise<Answer>;
/** Whether a run ends in time; it goes on either way. */
export declare function endsWithin(run: Promise<unknown>, seconds: number): Promise<boolean>;
