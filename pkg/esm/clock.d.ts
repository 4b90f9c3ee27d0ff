export declare class ClockError extends Error {
    readonly name = "ClockError";
}
/** Seconds since the Unix epoch. Throws ClockError. */
export declare function timeOf(clock?: () => number): number;
