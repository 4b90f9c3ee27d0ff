/** What stands in a token. Nothing of it is verified. */
export interface UnverifiedToken {
    readonly unverified: true;
    /** `jws`: signed; `jwe`: encrypted, of which only the header can be read; `opaque`: no JWT at all. */
    readonly form: 'jws' | 'jwe' | 'opaque' | 'malformed';
    /** The length of the token; of one that is far too long, as much as was looked at. */
    readonly bytes: number;
    readonly header?: Readonly<Record<string, unknown>>;
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly signature_bytes?: number;
    /** Why something could not be decoded. */
    readonly fault?: {
        readonly code: string;
        readonly part?: string;
        readonly reason?: string;
    };
}
/** Decodes a token without verifying it: for looking at, never for deciding. */
export declare function inspect(token: string): UnverifiedToken;
