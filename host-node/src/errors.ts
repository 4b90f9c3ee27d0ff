// What can go wrong. Callers branch on `code`, never on the message; texts and statuses come from the module.

import { CODES } from './generated.js'
import type { AuthErrorCode, Details, Rejected } from './generated.js'

export type { AuthErrorCode } from './generated.js'

/** The closed list of codes. */
export const AUTH_ERROR_CODES = Object.keys(CODES) as readonly AuthErrorCode[]

/** What was checked, expected and found; of a guard or a hook, what it says. */
export interface ErrorDetails extends Omit<Details, 'part' | 'issuer'> {
  /** The part of the token: `header`, `payload` or `signature`. */
  readonly part?: string
  readonly [name: string]: unknown
}

/** The HTTP body every host sends. */
export interface ErrorBody {
  readonly error: string
  readonly code: AuthErrorCode
}

/** The parts of an `AuthError`, as the module words them. */
export type Rejection = Pick<Rejected, 'code' | 'status' | 'message' | 'challenge' | 'retry_after'> & {
  readonly details: Details | ErrorDetails
}

const RETRY_AFTER = 1

// The package may be loaded twice in one process, as ES module and as CommonJS; `instanceof` must hold for both.
const BRAND = Symbol.for('@fuzefront/authn/AuthError')

/** A token was refused, or no verdict was possible. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  readonly code: AuthErrorCode
  /** The HTTP status: 400, 401, 403 or 503. */
  readonly status: number
  /** For the caller's log, never for the client. */
  readonly details: ErrorDetails
  /** The value of `WWW-Authenticate` (RFC 6750 section 3); not there for 503. */
  readonly challenge: string | undefined
  /** The value of `Retry-After`, in seconds; there for 503. */
  readonly retryAfter: number | undefined

  constructor(rejection: Rejection, cause?: unknown) {
    super(rejection.message, cause === undefined ? undefined : { cause })
    this.code = rejection.code
    this.status = rejection.status
    this.details = rejection.details as ErrorDetails
    this.challenge = rejection.challenge
    this.retryAfter = rejection.retry_after
    Object.defineProperty(this, BRAND, { value: true })
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== AuthError) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && BRAND in value
  }

  /** The public body; details stay out of it. */
  toJSON(): ErrorBody {
    return { error: this.message, code: this.code }
  }
}

/** An error in the words of the catalogue. `scopes` are named in the challenge (RFC 6750 section 3). */
export function authError(
  code: AuthErrorCode,
  details: ErrorDetails = {},
  { scopes = [], cause }: { readonly scopes?: readonly string[]; readonly cause?: unknown } = {},
): AuthError {
  const { status, message, challenge }: { status: number; message: string; challenge?: string } = CODES[code]
  const named = scopes.length === 0 ? '' : `, scope="${scopes.join(' ')}"`
  const rejection = {
    code,
    status,
    message,
    ...(challenge === undefined ? {} : { challenge: challenge + named }),
    ...(status === 503 ? { retry_after: RETRY_AFTER } : {}),
    details,
  }
  return new AuthError(rejection, cause)
}

/** The options of a verifier are refused. */
export class PolicyError extends Error {
  override readonly name: 'PolicyError' | 'ContractError' = 'PolicyError'
  readonly code: 'INVALID_POLICY' | 'INVALID_CONTRACT' = 'INVALID_POLICY'
  /** A JSON Pointer (RFC 6901) to the fault, in the words of docs/abi.md; empty for the whole. */
  readonly path: string

  constructor(message: string, path: string, cause?: unknown) {
    super(path === '' ? message : `\`${path}\` ${message}`, cause === undefined ? undefined : { cause })
    this.path = path
  }
}

/** A contract is refused; `path` points into it, or, where it begins with `/app`, `/environment` or `/options`, into the request. */
export class ContractError extends PolicyError {
  override readonly name = 'ContractError'
  override readonly code = 'INVALID_CONTRACT'
}

/** The WebAssembly module cannot be used: it speaks another interface, or does not open at all. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
