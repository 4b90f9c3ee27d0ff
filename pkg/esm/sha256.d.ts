/** The digest of `bytes`, hexadecimal. */
export declare function sha256(bytes: Uint8Array): string;
