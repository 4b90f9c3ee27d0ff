import type { Io } from './io.js';
import type { Line } from './options.js';
/** The token to look at. Throws UsageError if there is none. */
export declare function tokenOf(io: Io, line: Line): Promise<string>;
/** The token, where one was given. */
export declare function optionalTokenOf(io: Io, line: Line): Promise<string | undefined>;
