// The public names of `@fuzefront/authn`.

import { instantiate } from './engine.js'
import type { VerifierOptions } from './options.js'
import { Verifier } from './verifier.js'

/** Makes a verifier, synchronously. Throws PolicyError for options that are refused. */
export function createVerifier(options: VerifierOptions): Verifier {
  return new Verifier(options, instantiate)
}

export { AUTH_ERROR_CODES, AuthError, EngineError, PolicyError } from './errors.js'
export type { AuthErrorCode, ErrorBody, ErrorDetails } from './errors.js'
export type { IssuerStatus, SkippedKey } from './answers.js'
export type { Fetch, FetchInit, FetchResponse } from './download.js'
export type { AcceptedResult, CheckResult, RejectedResult } from './hooks.js'
export type { AuthMode, Identity, KeyFacts, TokenFacts } from './identity.js'
export type {
  Algorithm,
  ClaimNames,
  CommonOptions,
  FederatedIssuer,
  IssuerOptions,
  JwkSet,
  LegacyIssuer,
  VerifierOptions,
} from './options.js'
export type { Verifier } from './verifier.js'
