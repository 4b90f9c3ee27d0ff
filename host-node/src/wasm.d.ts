// Made by the build (scripts/build.mjs): the module's bytes, and their digest.
export declare const WASM_BASE64: string
export declare const WASM_SHA256: string
