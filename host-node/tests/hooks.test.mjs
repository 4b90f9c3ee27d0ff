// The caller's own stores: they may refuse or enrich, and whatever else they do is an outage.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerifier } from '../build/index.js'
import { AUDIENCE, ISSUER, claims, clock, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const token = mint(key, claims({ sid: 's-1' }))
const make = (hooks) => createVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: jwks(key), clock, ...hooks })

async function answer(hooks, by = 'check') {
  const result = await make(hooks)[by](token)
  return result.ok ? result.identity : [result.error.code, result.error.status, result.error.details.reason]
}

for (const [kind, wrap] of [
  ['synchronous', (value) => value],
  ['asynchronous', async (value) => value],
]) {
  test(`a ${kind} hook may refuse`, async () => {
    const seen = []
    const isRevoked = (identity, facts) => (seen.push([identity.userId, facts.sid]), wrap(true))
    assert.deepEqual(await answer({ isRevoked }), ['REVOKED', 401, undefined])
    assert.deepEqual(seen, [['user-1', 's-1']])
    assert.equal((await answer({ isRevoked: () => wrap(false) })).userId, 'user-1')
  })

  test(`a ${kind} hook may enrich`, async () => {
    const resolve = (identity) => wrap({ ...identity, tenantId: 't-1', roles: ['admin'] })
    const identity = await answer({ isRevoked: () => wrap(false), resolve })
    assert.deepEqual([identity.userId, identity.tenantId, identity.roles], ['user-1', 't-1', ['admin']])
  })
}

test('a hook that fails is an outage, with its error as the cause', async () => {
  const boom = new Error('store is down')
  for (const fail of [
    () => {
      throw boom
    },
    async () => {
      throw boom
    },
  ]) {
    assert.deepEqual(await answer({ isRevoked: fail }), ['VERIFIER_UNAVAILABLE', 503, 'revocation'])
    assert.deepEqual(await answer({ resolve: fail }), ['VERIFIER_UNAVAILABLE', 503, 'resolver'])
    const { error } = await make({ resolve: fail }).check(token)
    assert.equal(error.cause, boom)
    assert.equal(error.retryAfter, 1)
  }
})

test('a revocation hook that says neither yes nor no is an outage', async () => {
  for (const value of [undefined, null, 0, 1, 'false', {}]) {
    assert.deepEqual(await answer({ isRevoked: () => value }), ['VERIFIER_UNAVAILABLE', 503, 'revocation'])
  }
})

test('a resolver that gives no identity is an outage', async () => {
  const good = { userId: 'u', tenantId: null, roles: [] }
  const bad = [
    undefined,
    null,
    'x',
    {},
    { ...good, userId: '' },
    { ...good, roles: 'admin' },
    { ...good, tenantId: undefined },
  ]
  for (const value of bad) {
    assert.deepEqual(await answer({ resolve: () => value }), ['VERIFIER_UNAVAILABLE', 503, 'resolver'])
  }
})

test('hooks see only accepted tokens', async () => {
  const isRevoked = () => assert.fail('asked')
  const result = await make({ isRevoked }).check(mint(key, claims({ aud: 'other' })))
  assert.equal(result.error.code, 'INVALID_AUDIENCE')
})

test('a revoked token is not resolved', async () => {
  assert.deepEqual(await answer({ isRevoked: () => true, resolve: () => assert.fail('asked') }), [
    'REVOKED',
    401,
    undefined,
  ])
})

test('checkSync takes synchronous hooks and refuses to guess for others', async () => {
  const resolve = (identity) => ({ ...identity, roles: ['admin'] })
  assert.deepEqual((await answer({ resolve }, 'checkSync')).roles, ['admin'])
  const late = {
    isRevoked: async () => {
      throw new Error('late')
    },
  }
  assert.deepEqual(await answer(late, 'checkSync'), ['VERIFIER_UNAVAILABLE', 503, 'asynchronous_hook'])
})
