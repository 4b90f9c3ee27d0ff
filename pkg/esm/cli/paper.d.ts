import type { Paper } from './io.js';
export type Style = 'good' | 'bad' | 'warn' | 'bold' | 'dim';
export declare function paint(paper: Paper, style: Style, text: string): string;
/** A label and its value; `undefined` leaves the row out. */
export type Row = readonly [label: string, value: string | undefined];
/** Rows with their values under each other. A word longer than its line stays `whole`, or is `broken`. */
export declare function rows(paper: Paper, given: readonly Row[], indent?: number, words?: 'whole' | 'broken'): string;
/** Columns under each other, two spaces apart. The first row is a heading. */
export declare function table(paper: Paper, [heading, ...lines]: readonly (readonly string[])[]): string;
/** Lines of at most `width` columns, broken at spaces; a longer word stays whole. */
export declare function wrap(text: string, width: number): string[];
/** A JSON value as people read it: strings bare, lists of strings with commas. */
export declare function shown(value: unknown): string;
/** The members of an object in one line, as `at most 5, state fresh`. */
export declare function membersLine(members: Readonly<Record<string, unknown>>, value: (value: unknown) => string): string;
export declare function isObject(value: unknown): value is Readonly<Record<string, unknown>>;
/** Text without what a terminal would obey, or show as if it were not there. */
export declare function safe(text: string): string;
export declare function pad(text: string, width: number): string;
