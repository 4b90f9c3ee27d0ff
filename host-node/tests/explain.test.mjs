// A verdict with every check that led to it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../build/abi.js'
import { Engine } from '../build/engine.js'
import { AuthError, createVerifier } from '../build/index.js'
import { startIssuer } from './support/issuer.mjs'
import { AUDIENCE, ISSUER, NOW, claims, clock, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const options = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key), clock }
const verifier = createVerifier(options)
const named = ({ checks }, name) => checks.find(({ check }) => check === name)

test('an accepted token passes every check that is asked for', async () => {
  const explanation = await verifier.explain(mint(key))
  assert.equal(explanation.verdict, 'accepted')
  assert.equal('code' in explanation, false)
  assert.equal(JSON.stringify(explanation).includes('user-1'), false)
  assert.ok(explanation.checks.every(({ status }) => status === 'passed' || status === 'not_checked'))
  assert.equal(named(explanation, 'audience').verified, true)
})

test('the checks are those of the catalogue, in its order', async () => {
  const expected = read(new Engine().call('about')).checks.map(({ check, clause }) => [check, clause])
  for (const token of [mint(key), 'x', undefined]) {
    const { checks } = await verifier.explain(token)
    assert.deepEqual(
      checks.map(({ check, clause }) => [check, clause]),
      expected,
    )
  }
})

test('the first failed check is the verdict, and values are shown only on request', async () => {
  const token = mint(key, claims({ aud: 'other-app', exp: NOW - 1000 }))
  const hidden = await verifier.explain(token)
  assert.equal(hidden.verdict, 'rejected')
  assert.deepEqual([hidden.code, hidden.status], ['EXPIRED', 401])
  assert.equal(hidden.code, (await verifier.check(token)).error.code)
  assert.equal(hidden.checks.find(({ status }) => status === 'failed').code, 'EXPIRED')
  assert.equal(named(hidden, 'audience').code, 'INVALID_AUDIENCE')
  assert.equal(JSON.stringify(hidden).includes('other-app'), false)
  const shown = await verifier.explain(token, { values: true })
  assert.equal(named(shown, 'audience').found, 'other-app')
})

test('without the signature nothing counts as verified', async () => {
  const { checks, code } = await verifier.explain(mint(makeKey('k1')))
  assert.equal(code, 'INVALID_SIGNATURE')
  assert.ok(checks.every(({ verified }) => verified === false))
})

test('keys are fetched first, and their absence is told', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const token = mint(key, claims({ iss: issuer.url }))
  const entry = { issuer: issuer.url, audience: AUDIENCE, clock }
  assert.equal((await createVerifier(entry).explain(token)).verdict, 'accepted')
  const none = await createVerifier({ ...entry, fetch: async () => new Response('', { status: 500 }) }).explain(token)
  assert.deepEqual([none.verdict, none.code, none.status], ['rejected', 'JWKS_UNAVAILABLE', 503])
})

test('nothing is changed: keys that are not needed are not fetched, hooks not run', async (t) => {
  const isRevoked = t.mock.fn(() => true)
  const other = createVerifier({ ...options, isRevoked })
  assert.equal((await other.explain(mint(key))).verdict, 'accepted')
  assert.equal(isRevoked.mock.callCount(), 0)
})

test('an outage is thrown', async () => {
  const closed = createVerifier(options)
  closed.close()
  for (const broken of [closed, createVerifier({ ...options, clock: () => NaN })]) {
    await assert.rejects(broken.explain(mint(key)), (error) => error instanceof AuthError && error.status === 503)
  }
  await assert.rejects(verifier.explain(5), { code: 'MALFORMED' })
})
