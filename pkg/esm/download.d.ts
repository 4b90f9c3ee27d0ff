import { KeyFailure } from './failure.js';
import type { RetryAfter } from './freshness.js';
/** The part of the Fetch API that is used; `globalThis.fetch` fits. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;
export interface FetchInit {
    readonly method: 'GET';
    readonly headers: Record<string, string>;
    readonly redirect: 'error' | 'manual';
    readonly cache: 'no-store';
    readonly credentials: 'omit';
    readonly signal: any;
}
export interface FetchResponse {
    readonly status: number;
    readonly redirected: boolean;
    readonly type?: string;
    readonly headers: {
        get(name: string): string | null;
    };
    readonly body: {
        getReader(): BodyReader;
    } | null;
}
export interface BodyReader {
    read(): Promise<{
        readonly done: boolean;
        readonly value?: Uint8Array | undefined;
    }>;
    cancel(reason?: unknown): Promise<unknown>;
}
/** A document; the header values are as they came. */
export interface Downloaded {
    readonly body: Uint8Array;
    readonly cacheControl: string | null;
    readonly age: string | null;
}
/** How a download ended. */
export type Outcome = Downloaded | ({
    readonly error: KeyFailure;
} & RetryAfter);
/** Seconds over connect and body, and the largest body in bytes. */
export interface DownloadLimits {
    readonly seconds: number;
    readonly bytes: number;
}
/** One download under way, shared by all who need it. */
export interface Flight {
    readonly outcome: Promise<Outcome>;
    /** Every joiner calls it once; when the last one leaves, the request is given up. */
    leave(): void;
}
/** Whether a download of `url` could be joined. */
export declare function underWay(fetch: Fetch, url: string): boolean;
/** Joins the download of `url`, or starts it. The outcome never rejects. */
export declare function join(fetch: Fetch, url: string, limits: DownloadLimits): Flight;
