/** As `2023-11-14T22:13:20Z, in 10 min`; a number that is no moment stays one. */
export declare function moment(seconds: number, now: number): string;
/** As `2023-11-14T22:13:20Z`; a number that is no moment stays one. */
export declare function date(seconds: number): string;
