// The public names of `@fuzefront/authn`.

import { instantiate } from './engine.js'
import type { VerifierOptions } from './options.js'
import { Verifier } from './verifier.js'

/** Makes a verifier, synchronously. Throws PolicyError for options, ContractError for a contract, that is refused. */
export function createVerifier(options: VerifierOptions): Verifier {
  return new Verifier(options, instantiate)
}

export { familyContract } from './contract.js'
export { AUTH_ERROR_CODES, AuthError, ContractError, EngineError, PolicyError } from './errors.js'
export { inspect } from './inspection.js'
export type { AuthErrorCode, ErrorBody, ErrorDetails } from './errors.js'
export type { IssuerStatus, SkippedKey } from './answers.js'
export type { ContractFacts } from './contract.js'
export type { ExplainOptions, Explanation, Step } from './explanation.js'
export type {
  AuthEvent,
  ContractWarningEvent,
  EventListener,
  KeyFetchEvent,
  KeyStateEvent,
  KeyStoreEvent,
  KeysRotatedEvent,
  UnknownKidEvent,
  VerifyEvent,
} from './events.js'
export type { Health, IssuerHealth, ReadyStatus } from './health.js'
export type { Fetch, FetchInit, FetchResponse } from './download.js'
export type { AcceptedResult, CheckResult, RejectedResult } from './hooks.js'
export type { UnverifiedToken } from './inspection.js'
export type { RestoreResult, Snapshot, SnapshotEntry } from './snapshot.js'
export type { KeyStore } from './store.js'
export type { AuthMode, Identity, KeyFacts, TokenFacts } from './identity.js'
export type {
  Algorithm,
  ClaimNames,
  CommonOptions,
  ContractApp,
  FederatedIssuer,
  IssuerOptions,
  JwkSet,
  LegacyIssuer,
  VerifierOptions,
} from './options.js'
export type { Verifier } from './verifier.js'
