import type { Io, Outcome } from './io.js';
import type { Line } from './options.js';
export declare function digest(_io: Io, line: Line): Promise<Outcome>;
