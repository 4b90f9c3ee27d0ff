// The policy of every verifier, for the doctor: it has to hand in the text, and a verifier shows it to nobody else,
// because it may hold a secret.
const policies = new WeakMap();
/** Remembers the policy that a verifier opened. */
export function remember(verifier, policy) {
    policies.set(verifier, policy);
}
/** The policy of a verifier; undefined for what is none. */
export function policyOfVerifier(verifier) {
    return policies.get(verifier);
}
