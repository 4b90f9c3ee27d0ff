// Must compile: what the documentation shows, and what people will write.

import express from 'express'
import { AuthError, PolicyError, createVerifier } from '@fuzefront/authn'
import type { AuthErrorCode, CheckResult, Identity, Verifier, VerifierOptions } from '@fuzefront/authn'
import { requireAuth, requireRoles, requireScopes, requireTenant } from '@fuzefront/authn/express'

const entry = { issuer: 'https://id.example/', audience: 'app' }
const verifier: Verifier = createVerifier(entry)
createVerifier({ issuer: ['a', 'b'] as const, audience: ['c'], leeway: undefined, algorithms: ['RS256'], fetch })
createVerifier({ ...entry, keys: { keys: [{ kty: 'RSA', n: 'x', e: 'AQAB' }] }, clock: () => 1 })
createVerifier({ mode: 'legacy-hs256', secret: 'x'.repeat(32), issuer: null, audience: null })
createVerifier({
  issuers: [entry, { mode: 'legacy-hs256', secret: new Uint8Array(32), issuer: null, audience: null }],
})
createVerifier({ ...entry, isRevoked: () => false, resolve: async (identity) => ({ ...identity, roles: ['a'] }) })
const options: VerifierOptions = { ...entry, fetch: globalThis.fetch }
createVerifier(options)

export async function useResults(token: string | undefined): Promise<string> {
  const identity: Identity = await verifier.verify(token)
  const tenant: string | null = identity.tenantId
  const result: CheckResult = verifier.checkSync(token)
  if (!result.ok) return result.error.code satisfies AuthErrorCode
  const claim: unknown = result.identity.claims['sid']
  return `${tenant} ${String(claim)} ${result.token.scopes.join()} ${result.keys.state}`
}

// A switch over the codes is exhaustive.
export function retry(error: unknown): boolean {
  if (error instanceof PolicyError) return error.code !== 'INVALID_POLICY'
  if (!(error instanceof AuthError)) throw error
  switch (error.code) {
    case 'JWKS_UNAVAILABLE':
    case 'VERIFIER_UNAVAILABLE':
      return (error.retryAfter ?? 0) > 0
    default:
      return false
  }
}

const app = express()
app.use(requireAuth({ verifier }))
app.use('/x', requireAuth({ verifier, onError: (error, _req, _res, next) => next(error) }), requireRoles('a', 'b'))
app.get('/me', requireScopes('read'), requireTenant(), (req, res) => {
  const identity: Identity | undefined = req.identity
  res.json({ user: identity?.userId, scopes: req.tokenFacts?.scopes })
})
app.get(
  '/t/:id',
  requireTenant<express.Request>((req) => req.params['id'] as string),
  (_req, res) => void res.json(),
)
