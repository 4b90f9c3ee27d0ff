import type { Io, Outcome } from './io.js';
import type { Line } from './options.js';
export declare function explain(io: Io, line: Line): Promise<Outcome>;
