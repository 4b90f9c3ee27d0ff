// The host's row of the pipeline: after a token was accepted, the caller's own stores may refuse it or enrich its
// identity. Written once for synchronous and asynchronous hooks.

import { authError } from './errors.js'
import type { AuthError } from './errors.js'
import type { Accepted, Identity, KeyFacts, TokenFacts } from './generated.js'
import type { HostOptions } from './options.js'

export interface AcceptedResult {
  readonly ok: true
  readonly identity: Identity
  readonly token: TokenFacts
  readonly keys: KeyFacts
}

export interface RejectedResult {
  readonly ok: false
  readonly error: AuthError
}

/** What a check answers; told apart by `ok`. */
export type CheckResult = AcceptedResult | RejectedResult

/** Runs the hooks on an accepted token. A promise only if a hook returns one; it never rejects. */
export function runHooks(accepted: Accepted, hooks: HostOptions): CheckResult | Promise<CheckResult> {
  const { identity, token, keys } = accepted
  const { isRevoked, resolve } = hooks
  const enrich = (): CheckResult | Promise<CheckResult> =>
    resolve === undefined
      ? { ok: true, identity, token, keys }
      : settle(
          () => resolve(identity, token),
          'resolver',
          (enriched) => (isIdentity(enriched) ? { ok: true, identity: enriched, token, keys } : outage('resolver')),
        )
  if (isRevoked === undefined) return enrich()
  return settle(
    () => isRevoked(identity, token),
    'revocation',
    (revoked) => {
      if (revoked === false) return enrich()
      // Neither yes nor no (a forgotten `return`, a database row) must not pass as "no".
      return revoked === true ? { ok: false, error: authError('REVOKED') } : outage('revocation')
    },
  )
}

/** No verdict is possible, and the token is not to blame. */
export function outage(reason: string, cause?: unknown): RejectedResult {
  return { ok: false, error: authError('VERIFIER_UNAVAILABLE', { reason }, { cause }) }
}

type Next = (value: unknown) => CheckResult | Promise<CheckResult>

function settle(hook: () => unknown, reason: string, next: Next): CheckResult | Promise<CheckResult> {
  try {
    const value = hook()
    if (!isThenable(value)) return next(value)
    return Promise.resolve(value).then(next, (cause: unknown) => outage(reason, cause))
  } catch (cause) {
    return outage(reason, cause)
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

function isIdentity(value: unknown): value is Identity {
  if (typeof value !== 'object' || value === null) return false
  const { userId, tenantId, roles } = value as Partial<Record<keyof Identity, unknown>>
  const tenantKnown = tenantId === null || typeof tenantId === 'string'
  return typeof userId === 'string' && userId !== '' && tenantKnown && isStrings(roles)
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
