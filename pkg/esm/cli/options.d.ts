export declare const COMMANDS: readonly ["verify", "explain", "inspect", "doctor", "contract", "digest"];
export type Command = (typeof COMMANDS)[number];
/** A command line, read. */
export interface Line {
    readonly command: Command;
    readonly positionals: readonly string[];
    readonly given: Given;
}
/** What was given: every value of every option; a flag has the value `''`. */
export type Given = ReadonlyMap<Option, readonly string[]>;
declare const OPTIONS: {
    readonly '--issuer': {
        readonly takes: "values";
        readonly of: readonly ("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[];
    };
    readonly '--audience': {
        readonly takes: "values";
        readonly of: readonly ("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[];
    };
    readonly '--jwks-uri': {
        readonly takes: "value";
        readonly of: readonly ("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[];
    };
    readonly '--keys': {
        readonly takes: "value";
        readonly of: readonly ("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[];
    };
    readonly '--algorithms': {
        readonly takes: "value";
        readonly of: readonly ("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[];
    };
    readonly '--leeway': {
        readonly takes: "value";
        readonly of: readonly ("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[];
    };
    readonly '--policy': {
        readonly takes: "value";
        readonly of: readonly ("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[];
    };
    readonly '--contract': {
        readonly takes: "value";
        readonly of: readonly ("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[];
    };
    readonly '--app': {
        readonly takes: "value";
        readonly of: readonly [...("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[], "contract"];
    };
    readonly '--environment': {
        readonly takes: "value";
        readonly of: readonly [...("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[], "contract"];
    };
    readonly '--token-file': {
        readonly takes: "value";
        readonly of: readonly [...("verify" | "contract" | "explain" | "inspect" | "doctor" | "digest")[], "inspect"];
    };
    readonly '--values': {
        readonly takes: "flag";
        readonly of: readonly ["explain"];
    };
    readonly '--discovery': {
        readonly takes: "value";
        readonly of: readonly ["doctor"];
    };
    readonly '--key-set': {
        readonly takes: "value";
        readonly of: readonly ["doctor"];
    };
    readonly '--page': {
        readonly takes: "value";
        readonly of: readonly ["doctor"];
    };
    readonly '--offline': {
        readonly takes: "flag";
        readonly of: readonly ["doctor"];
    };
    readonly '--now': {
        readonly takes: "value";
        readonly of: readonly ["verify", "explain", "inspect", "doctor", "contract", "digest"];
    };
    readonly '--json': {
        readonly takes: "flag";
        readonly of: readonly ["verify", "explain", "inspect", "doctor", "contract", "digest"];
    };
    readonly '--no-color': {
        readonly takes: "flag";
        readonly of: readonly ["verify", "explain", "inspect", "doctor", "contract", "digest"];
    };
};
export type Option = keyof typeof OPTIONS;
/** Reads a command line. Throws UsageError. */
export declare function lineOf(argv: readonly string[]): Line;
/** The value of an option that is given once. */
export declare function valueOf(given: Given, option: Option): string | undefined;
/** A number of seconds. Throws UsageError. */
export declare function secondsOf(given: Given, option: Option): number | undefined;
/** Throws UsageError if more arguments were given than a command takes. */
export declare function refuseMore({ command, positionals }: Line, most: number): void;
export {};
