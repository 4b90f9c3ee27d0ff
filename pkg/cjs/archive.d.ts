import type { FetchRequest, IssuerStatus } from './answers.js';
import type { Session } from './session.js';
import type { RestoreResult, Snapshot, SnapshotEntry } from './snapshot.js';
export declare class Archive {
    #private;
    /** `now` may throw ClockError, and so may every method; they throw Broken as those of the session do. */
    constructor(session: Session, now: () => number);
    snapshot(): Snapshot;
    /** The set of one entry, unless it has none. */
    entry(issuer: number, status?: IssuerStatus | undefined): SnapshotEntry | undefined;
    /** Throws PolicyError for what is no snapshot. */
    restore(snapshot: unknown): RestoreResult[];
    /** Like `restore`, but whatever else goes wrong than the shape must not keep a service from starting. */
    restoreAtStart(snapshot: unknown): void;
    /** Takes in an entry that another replica wrote; whether it brought what the fetch was to bring. */
    take({ issuer, reason }: FetchRequest, text: string): boolean;
}
