// The family's contract; the JavaScript beside this declaration is made by `scripts/build.mjs` from
// docs/contract/fuzefront.v1.json.

/** The text of the contract, byte for byte. */
export declare const FAMILY_CONTRACT: string
