import type { FetchRequest, IssuerStatus } from './answers.js';
/** What is kept. Both may throw: then it is tried again later. */
export interface Kept {
    status(): readonly IssuerStatus[];
    /** Begins a fetch, or joins one; undefined if none may be made now. */
    fetch(request: FetchRequest): unknown;
}
export declare class Keeper {
    #private;
    constructor(kept: Kept);
    /** To be called whenever keys came, or a fetch ended without them. */
    watch(): void;
    /** Nothing is fetched any more. */
    stop(): void;
}
/** Whether keys are kept unless an option says otherwise: a page in the background is not to ask for ever. */
export declare function keepsByDefault(): boolean;
