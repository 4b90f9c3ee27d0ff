import type { IssuerStatus } from './answers.js';
/** The index of the entry that names the `iss` of a token, or of an `Authorization` header's; undefined if none does. */
export declare function entryNamedIn(text: string, issuers: readonly IssuerStatus[]): number | undefined;
