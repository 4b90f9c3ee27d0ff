import type { Fetch } from './download.js';
export type ProbeError = 'refused' | 'dns' | 'timeout' | 'tls' | 'redirect' | 'too_large' | 'network';
/** What was seen. `error` stands instead of `status` and `body`; of a page, only headers are looked at. */
export interface Sight {
    readonly what: 'discovery' | 'key_set' | 'page';
    readonly issuer?: string;
    readonly url: string;
    readonly status?: number;
    readonly body?: string;
    readonly error?: ProbeError;
    readonly elapsed?: number;
    readonly date?: string;
    /** `null`: there is no such header. */
    readonly cors?: string | null;
    readonly location?: string;
    readonly csp?: string;
}
/** What to look at. */
export type Target = Pick<Sight, 'what' | 'issuer' | 'url'>;
/** Looks at one URL. */
export declare function look(fetch: Fetch, target: Target): Promise<Sight>;
/** The class of a failure; what happened is often some levels down, in `cause`. */
export declare function errorOf(failure: unknown): ProbeError;
