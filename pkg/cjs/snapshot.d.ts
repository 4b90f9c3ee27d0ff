import type { IssuerStatus } from './answers.js';
/** The key set of one issuer entry. Also what a shared store holds, as JSON. */
export interface SnapshotEntry {
    /** All names of the entry. */
    readonly issuer: readonly string[];
    /** Seconds since the Unix epoch. */
    readonly fetchedAt: number;
    /** Seconds of freshness that the issuer gave it; `null` for none. */
    readonly maxAge: number | null;
    /** Of the UTF-8 bytes of `body`, hexadecimal. */
    readonly sha256: string;
    /** The key set as it was fetched. */
    readonly body: string;
}
/** What `snapshot` gives and `restore` takes; it has a JSON form, equal in every host. */
export interface Snapshot {
    readonly version: 1;
    readonly issuers: readonly SnapshotEntry[];
}
/** What became of one entry of a snapshot. */
export interface RestoreResult {
    readonly issuer: readonly string[];
    readonly result: 'stored' | 'refused';
    /** A fixed word, when it was refused: `wrong_hash`, `no_such_issuer`, `too_old`, `not_newer`, … */
    readonly reason?: string;
}
/** A key set as it was fetched. */
export interface FetchedSet {
    readonly body: Uint8Array;
    readonly fetchedAt: number;
    /** Negative for "not given". */
    readonly maxAge: number;
}
/** The entry of a snapshot for a set of the issuer with these names. */
export declare function entryOf(issuer: readonly string[], { body, fetchedAt, maxAge }: FetchedSet): SnapshotEntry;
/** The entries of a snapshot. Throws PolicyError for what has not the shape of one. */
export declare function readSnapshot(value: unknown, path: string): readonly SnapshotEntry[];
/** One entry. Throws PolicyError as `readSnapshot`. */
export declare function readEntry(value: unknown, path: string): SnapshotEntry;
/** The bytes of the key set, if they are those that were hashed. */
export declare function soundBody({ body, sha256: expected }: SnapshotEntry): Uint8Array | undefined;
/** Whether an entry of the policy has the same names, in whatever order. */
export declare function isOf({ issuer }: SnapshotEntry, status: IssuerStatus): boolean;
