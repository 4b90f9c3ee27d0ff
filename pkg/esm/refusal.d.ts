/** `expected` are the names of the entry: discovery is asked of the first (OpenID Connect Discovery 1.0 section 4.3). */
export declare function refusalOf(reason: string, body: Uint8Array, expected?: readonly string[]): string;
