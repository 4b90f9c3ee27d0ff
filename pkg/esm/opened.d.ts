/** Remembers the policy that a verifier opened. */
export declare function remember(verifier: object, policy: string): void;
/** The policy of a verifier; undefined for what is none. */
export declare function policyOfVerifier(verifier: object): string | undefined;
