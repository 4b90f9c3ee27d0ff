import type { Io } from './io.js';
/** Runs one command line; resolves to the exit code. */
export declare function main(io: Io): Promise<number>;
