// Made by the build (scripts/build.mjs): the bytes of authn-tools.wasm.
export declare const TOOLS_BASE64: string
