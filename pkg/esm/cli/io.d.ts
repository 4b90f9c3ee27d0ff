import type { Fetch } from '../download.js';
export interface Io {
    /** Without the interpreter and the script. */
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly stdin: () => Promise<Uint8Array>;
    readonly stdinIsTTY: boolean;
    readonly stdout: (text: string) => void;
    readonly stderr: (text: string) => void;
    /** Whether standard output is a terminal. */
    readonly isTTY: boolean;
    /** Seconds since the Unix epoch. */
    readonly now: () => number;
    readonly fetch: Fetch | undefined;
    readonly readFile: (path: string) => Promise<Uint8Array>;
}
/** The exit codes (docs/cli.md). */
export declare const EXIT: {
    readonly good: 0;
    readonly bad: 1;
    readonly usage: 2;
    readonly unknown: 3;
};
/** A command's outcome: its exit code, the line for `--json`, and what people read. */
export interface Outcome {
    readonly code: number;
    readonly json: string;
    readonly page: (paper: Paper) => string;
    /** What the contract warns of; people read it below the page. */
    readonly warning?: string | undefined;
}
/** How people's output is styled. */
export interface Paper {
    readonly colour: boolean;
    readonly now: number;
}
/** A mistake in how the command was called. `json` is the module's refusal, where it was the module that refused. */
export declare class UsageError extends Error {
    readonly name = "UsageError";
    readonly json: string | undefined;
    constructor(message: string, json?: string);
}
/** The text of a file. Throws UsageError naming the option that asked for it. */
export declare function readText(io: Io, option: string, path: string): Promise<string>;
/** The text of a JSON file, as it stands. Throws UsageError if it is none; what is too deep, the module refuses. */
export declare function readJson(io: Io, option: string, path: string): Promise<string>;
