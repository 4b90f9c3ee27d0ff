import type { Accepted, Rejected } from '../answers.js';
import type { Io, Outcome, Paper } from './io.js';
import type { Line } from './options.js';
export declare function verify(io: Io, line: Line): Promise<Outcome>;
/** 3 says that nothing is known about the token. */
export declare function exitCode(verdict: Accepted | Rejected): number;
/** The verdict in one line. */
export declare function headline(paper: Paper, verdict: Accepted | Rejected): string;
