// The public names of `@fuzefront/authn`.

import { instantiate } from './engine.js'
import type { VerifierOptions } from './options.js'
import { Verifier } from './verifier.js'

/** Makes a verifier, synchronously. Throws PolicyError for options, ContractError for a contract, that is refused. */
export function createVerifier(options: VerifierOptions): Verifier {
  return new Verifier(options, instantiate)
}

export { inspect } from './abi.js'
export { familyContract } from './contract.js'
export { AUTH_ERROR_CODES, AuthError, ContractError, EngineError, PolicyError } from './errors.js'
export type { ContractFacts } from './contract.js'
export type { AuthErrorCode, ErrorBody, ErrorDetails } from './errors.js'
export type { AuthEvent, ContractWarningEvent, EventListener, VerifyEvent } from './events.js'
export type { KeyFetchEvent, KeyStateEvent, KeyStoreEvent, KeysRotatedEvent, UnknownKidEvent } from './events.js'
export type { ExplainOptions, Explanation } from './explain.js'
export type { Algorithm, AuthMode, Check, ClaimNames, Identity } from './generated.js'
export type { Inspection as UnverifiedToken } from './generated.js'
export type { IssuerStatus, JwkSet, KeyFacts, SkippedKey, TokenFacts } from './generated.js'
export type { AcceptedResult, CheckResult, RejectedResult } from './hooks.js'
export type { Fetch, FetchInit, FetchResponse } from './http.js'
export type { CommonOptions, ContractApp, FederatedIssuer, IssuerOptions } from './options.js'
export type { LegacyIssuer, Snapshot, VerifierOptions } from './options.js'
export type { KeyStore } from './store.js'
export type { Health, IssuerHealth, RestoreResult, Verifier } from './verifier.js'
