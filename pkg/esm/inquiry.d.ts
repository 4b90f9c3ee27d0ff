import type { FetchRequest } from './answers.js';
/**
 * The last answer of `ask`. Between two of them runs the fetch the first wanted. When none may be made or the time is
 * up, it is asked once more, as the keys there are may serve on; that answer stands, perhaps still wanting.
 */
export declare function settle<Answer>(ask: () => Answer, wanted: (answer: Answer) => FetchRequest | undefined, run: (fetch: FetchRequest) => Promise<unknown> | undefined): Promise<Answer>;
/** Whether a run ends in time; it goes on either way. */
export declare function endsWithin(run: Promise<unknown>, seconds: number): Promise<boolean>;
