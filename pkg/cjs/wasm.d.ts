// The module's bytes; the JavaScript beside this declaration is made by `scripts/build.mjs`. Inlined, so that
// no host needs a file path, a fetch, a MIME type or a top-level await.

/** The bytes of `authn.wasm`, in base64. */
export declare const WASM_BASE64: string
