import type { Paper } from './io.js';
import type { Row } from './paper.js';
export declare function memberRows(paper: Paper, members: Readonly<Record<string, unknown>>): Row[];
/** What stands in a claim; times with their date. */
export declare function memberValue(paper: Paper, name: string, value: unknown): string;
/** Whether a claim holds a moment. */
export declare function isMomentOf(claim: string, value: unknown): value is number;
