// Must compile: what the documentation shows, and what people will write.

import { metrics } from '@opentelemetry/api'
import express from 'express'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster } from 'redis'
import { createClient as createClient4 } from 'redis-4'
import { Agent, fetch as undiciFetch } from 'undici'
import { AuthError, ContractError, PolicyError, createVerifier, familyContract, inspect } from '@fuzefront/authn'
import type { AuthErrorCode, Check, CheckResult, Explanation, Identity } from '@fuzefront/authn'
import type {
  AuthEvent,
  EventListener,
  Health,
  IssuerStatus,
  KeyStore,
  RestoreResult,
  Snapshot,
} from '@fuzefront/authn'
import type { UnverifiedToken, Verifier, VerifierOptions } from '@fuzefront/authn'
import { diagnose } from '@fuzefront/authn/doctor'
import type { Finding } from '@fuzefront/authn/doctor'
import { otelListener } from '@fuzefront/authn/opentelemetry'
import { redisStore } from '@fuzefront/authn/redis'
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
const dispatcher = new Agent({ connect: { ca: '' } })
createVerifier({ ...entry, fetch: (url, init) => undiciFetch(url, { ...init, dispatcher }) })

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

const fuzekeys = { contract: familyContract(), app: 'fuzekeys', environment: 'production' }
createVerifier(fuzekeys)
createVerifier({ ...fuzekeys, leeway: 30, keys: { keys: [] }, insecureHosts: ['id.svc'], isRevoked: () => false })
const named: string | undefined = createVerifier({ contract: { name: 'own' }, app: 'x' }).contract?.app
void named
export const warning: string | undefined = createVerifier(fuzekeys).contract?.warning

export async function explain(token: string): Promise<string> {
  const explanation: Explanation = await verifier.explain(token, { values: true })
  const failed: Check | undefined = explanation.checks.find(({ status }) => status === 'failed')
  const seen: UnverifiedToken = inspect(token)
  const subject: unknown = seen.claims?.['sub']
  const code: AuthErrorCode | undefined = explanation.code
  return `${failed?.clause} ${String(subject)} ${code}`
}

export async function findings(token: string): Promise<string[]> {
  const found: readonly Finding[] = await diagnose({ policy: fuzekeys, token, fetch, page: 'https://app.example/' })
  await diagnose({ policy: verifier })
  await diagnose({ policy: entry, discovery: '{}', keySet: '{}', offline: true, clock: () => 1 })
  return found.filter(({ severity }) => severity === 'error').map(({ remedy }) => remedy)
}

// A switch over the events is exhaustive.
export const onEvent: EventListener = (event) => void describe(event)
function describe(event: AuthEvent): string {
  switch (event.type) {
    case 'contract.warning':
      return `${event.app} ${event.environment} ${event.message}`
    case 'verify':
      return `${event.outcome} ${event.code} ${event.algorithm} ${event.duration.toFixed(3)}`
    case 'keys.fetch':
      return `${event.issuer} ${event.document} ${event.outcome} ${event.reason}`
    case 'keys.rotated':
      return `${event.issuer} ${event.generation} ${event.keys}`
    case 'keys.state':
      return `${event.issuer} ${event.from} ${event.to}`
    case 'keys.store':
      return event.reason
    case 'unknown_kid':
      return `${event.issuer} ${event.outcome}`
  }
}
createVerifier({ ...entry, onEvent })
createVerifier({ ...entry, onEvent: async () => {} })

export async function probe(): Promise<boolean> {
  const health: Health = verifier.health()
  const ready: readonly IssuerStatus[] = await verifier.ready()
  return health.status === 'ready' && ready.every(({ usable, error }) => usable || error === 'timeout')
}

createVerifier({ ...entry, onEvent: otelListener({ meter: metrics.getMeter('app') }) })
createVerifier({ ...entry, store: redisStore(createClient()) })
createVerifier({ ...entry, store: redisStore(createClient4(), { prefix: 'app:' }) })
createVerifier({ ...entry, store: redisStore(createCluster({ rootNodes: [] })) })
createVerifier({ ...entry, store: redisStore(new Redis()) })
createVerifier({ ...entry, store: redisStore(new Cluster([])) })
const values = new Map<string, string>()
const store: KeyStore = { get: async (key) => values.get(key), put: async (key, value) => values.set(key, value) }
createVerifier({ ...entry, store })
const snapshot: Snapshot = verifier.snapshot()
createVerifier({ ...entry, snapshot })
export const restored: readonly RestoreResult[] = verifier.restore(JSON.parse(JSON.stringify(snapshot)))

export function where(error: unknown): string | undefined {
  if (error instanceof ContractError) return error.code satisfies 'INVALID_CONTRACT'
  return error instanceof PolicyError ? error.path : undefined
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
  requireTenant((req) => req.params['id']),
  (_req, res) => void res.json(),
)
app.get(
  '/q',
  requireTenant((req: express.Request) => String(req.query['tenant'])),
  (_req, res) => void res.json(),
)
