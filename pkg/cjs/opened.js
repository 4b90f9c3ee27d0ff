"use strict";
// The policy of every verifier, for the doctor: it has to hand in the text, and a verifier shows it to nobody else,
// because it may hold a secret.
Object.defineProperty(exports, "__esModule", { value: true });
exports.remember = remember;
exports.policyOfVerifier = policyOfVerifier;
const policies = new WeakMap();
/** Remembers the policy that a verifier opened. */
function remember(verifier, policy) {
    policies.set(verifier, policy);
}
/** The policy of a verifier; undefined for what is none. */
function policyOfVerifier(verifier) {
    return policies.get(verifier);
}
