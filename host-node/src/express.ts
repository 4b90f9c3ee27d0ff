// Express middleware, for Express 4 and 5 (and anything else that calls `(req, res, next)` on Node's own request and
// response). Errors are answered here: status, `WWW-Authenticate`, `Retry-After`, and `{ error, code }`.

import { authError } from './errors.js'
import type { AuthError } from './errors.js'
import type { Identity, TokenFacts } from './generated.js'
import type { CheckResult } from './hooks.js'

declare global {
  namespace Express {
    interface Request {
      /** Who the request's token speaks for; set by `requireAuth`. */
      identity?: Identity
      /** What the request's token said of itself; set by `requireAuth`. */
      tokenFacts?: TokenFacts
    }
  }
}

/** The part of a request that is used. */
export interface AuthRequest {
  readonly headers: { readonly authorization?: string | undefined }
  readonly rawHeaders?: readonly string[]
  identity?: Identity
  tokenFacts?: TokenFacts
}

/** A request whose route has parameters, of which Express says that each is one text or several. */
export interface RoutedRequest extends AuthRequest {
  readonly params: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Reads from a request which tenant it is about. */
export type TenantOf<Request extends AuthRequest> = (req: Request) => string | readonly string[] | undefined

/** The part of a response that is used. */
export interface AuthResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body: string): unknown
}

export type Next = (error?: unknown) => void

/** Middleware. */
export type AuthHandler<Request extends AuthRequest = AuthRequest> = (
  req: Request,
  res: AuthResponse,
  next: Next,
) => void

/** Answers, or passes on, a request that is refused. What it throws, or rejects with, goes to `next`. */
export type OnError = (error: AuthError, req: AuthRequest, res: AuthResponse, next: Next) => unknown

export interface RequireAuthOptions {
  readonly verifier: {
    checkAuthorization(header: string | readonly string[] | undefined): Promise<CheckResult>
  }
  /** Instead of the answer; `(error, req, res, next) => next(error)` leaves it to the app's error handler. */
  readonly onError?: OnError | undefined
}

// The guards answer in the way that was chosen where the request was authenticated.
const chosen = new WeakMap<object, OnError>()

/** Lets only requests with a good bearer token pass, and sets `req.identity` and `req.tokenFacts`. */
export function requireAuth({ verifier, onError = answerError }: RequireAuthOptions): AuthHandler {
  refuseNoVerifier(verifier)
  return (req, res, next) => {
    chosen.set(req, onError)
    const done = (result: CheckResult): void => {
      if (!result.ok) return refuse(result.error, req, res, next)
      req.identity = result.identity
      req.tokenFacts = result.token
      next()
    }
    void verifier.checkAuthorization(authorizationOf(req)).then(done, next)
  }
}

/** Lets identities with all of these roles pass; otherwise 403 FORBIDDEN. Stands after `requireAuth`. */
export function requireRoles(...roles: string[]): AuthHandler {
  refuseEmpty('requireRoles', roles)
  return guard((identity) => roles.every((role) => identity.roles.includes(role)) || roleMissing(roles, identity))
}

/** Lets identities with at least one of these roles pass; otherwise 403 FORBIDDEN. Stands after `requireAuth`. */
export function requireAnyRole(...roles: string[]): AuthHandler {
  refuseEmpty('requireAnyRole', roles)
  return guard((identity) => roles.some((role) => identity.roles.includes(role)) || roleMissing(roles, identity))
}

/**
 * Lets identities of this tenant pass; otherwise 403 FORBIDDEN. Stands after `requireAuth`. The tenant may be read
 * from the request; without one, any identity whose tenant is known passes. Several values (Express types a parameter
 * as one or several) are nobody's tenant.
 */
export function requireTenant(...tenant: [] | [string]): AuthHandler
export function requireTenant<Request extends AuthRequest = RoutedRequest>(
  tenant: TenantOf<Request>,
): AuthHandler<Request>
export function requireTenant<Request extends AuthRequest>(
  ...tenant: [] | [string | TenantOf<Request>]
): AuthHandler<Request> {
  if (tenant.length > 0 && typeof tenant[0] !== 'function') refuseEmpty('requireTenant', tenant)
  const [wanted] = tenant
  return guard<Request>((identity, _facts, req) => {
    const expected = typeof wanted === 'function' ? wanted(req) : wanted
    const open = wanted === undefined || expected === identity.tenantId
    if (open && identity.tenantId !== null) return true
    return authError('FORBIDDEN', { reason: 'tenant', expected, actual: identity.tenantId })
  })
}

/** Lets tokens with all of these scopes pass; otherwise 403 INSUFFICIENT_SCOPE. Stands after `requireAuth`. */
export function requireScopes(...scopes: string[]): AuthHandler {
  refuseEmpty('requireScopes', scopes)
  // A scope goes into a header: only what RFC 6749 section 3.3 allows.
  if (!scopes.every((scope) => /^[!#-[\]-~]+$/.test(scope)))
    throw new TypeError('requireScopes: one scope per argument')
  return guard((_identity, facts) => {
    const actual = facts?.scopes ?? []
    if (scopes.every((scope) => actual.includes(scope))) return true
    return authError('INSUFFICIENT_SCOPE', { claim: 'scope', expected: scopes, actual }, { scopes })
  })
}

/** The default answer: status, `WWW-Authenticate` or `Retry-After`, and `{ error, code }`. */
export function answerError(error: AuthError, _req: AuthRequest, res: AuthResponse): void {
  res.statusCode = error.status
  if (error.challenge !== undefined) res.setHeader('WWW-Authenticate', error.challenge)
  if (error.retryAfter !== undefined) res.setHeader('Retry-After', String(error.retryAfter))
  res.setHeader('Content-Type', 'application/json; charset=utf-8')
  res.end(JSON.stringify(error))
}

type Check<Request> = (identity: Identity, facts: TokenFacts | undefined, req: Request) => true | AuthError

function guard<Request extends AuthRequest = AuthRequest>(check: Check<Request>): AuthHandler<Request> {
  return (req, res, next) => {
    // A mistake in the app, not in the request: it must be loud.
    if (req.identity === undefined) return next(new Error('requireAuth must stand before this guard'))
    const answer = check(req.identity, req.tokenFacts, req)
    if (answer === true) next()
    else refuse(answer, req, res, next)
  }
}

function roleMissing(expected: readonly string[], { roles: actual }: Identity): AuthError {
  return authError('FORBIDDEN', { reason: 'role', expected, actual })
}

function refuse(error: AuthError, req: AuthRequest, res: AuthResponse, next: Next): void {
  try {
    const answered = (chosen.get(req) ?? answerError)(error, req, res, next)
    // Without this a promise that is rejected ends the process.
    Promise.resolve(answered).catch(next)
  } catch (thrown) {
    next(thrown)
  }
}

// Node keeps only the first of several Authorization headers in `headers`; a request with two of them is refused.
function authorizationOf(req: AuthRequest): string | readonly string[] | undefined {
  const { rawHeaders = [], headers } = req
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  return values.length > 1 ? values : headers.authorization
}

// At set-up: the first request would be a late place to learn of it.
function refuseNoVerifier(verifier: unknown): void {
  const asked = (verifier as Partial<RequireAuthOptions['verifier']> | null | undefined)?.checkAuthorization
  if (typeof asked !== 'function') throw new TypeError('requireAuth: `verifier` is not what createVerifier makes')
}

function refuseEmpty(name: string, values: readonly unknown[]): void {
  const filled = values.length > 0 && values.every((value) => typeof value === 'string' && value !== '')
  if (!filled) throw new TypeError(`${name}: not a list of filled strings`)
}
