// An issuer that takes the request and does not answer: who waits, for how long, and what keys do meanwhile.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerifier } from '../build/index.js'
import { startIssuer } from './support/issuer.mjs'
import { AUDIENCE, NOW, claims, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const WAIT = 3
const HOUR = 3600

/**
 * A verifier with keys of an age that asks for a fetch first, at an issuer that answers no more. Time stands still, but
 * for `advance`.
 */
async function setUp(t, { keys = true } = {}) {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const time = { now: NOW }
  const make = (more = {}) => {
    const options = { issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri, clock: () => time.now }
    const verifier = createVerifier({ ...options, ...more })
    t.after(() => verifier.close())
    return verifier
  }
  const verifiers = [make(), make()]
  if (keys) for (const verifier of verifiers) await verifier.ready()
  const asked = issuer.requests.length
  issuer.answer = () => true
  time.now += 1500
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const advance = (seconds, { clock = true } = {}) => {
    if (clock) time.now += seconds
    t.mock.timers.tick(seconds * 1000)
  }
  const token = mint(key, claims({ iss: issuer.url, exp: NOW + 3 * HOUR }))
  return { issuer, verifiers, verifier: verifiers[0], advance, token, fetches: () => issuer.requests.length - asked }
}

/** What is there without waiting; `waits` if nothing is. */
async function atOnce(answer) {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  return Promise.race([answer, Promise.resolve('waits')])
}

test('keys serve on while a fetch hangs, and only the first caller waits', async (t) => {
  const { verifier, advance, token } = await setUp(t)
  const first = verifier.check(token)
  assert.equal(await atOnce(first), 'waits')
  advance(WAIT)
  assert.equal((await first).keys.state, 'stale')
  assert.equal((await atOnce(verifier.check(token))).keys.state, 'stale')
  assert.equal(verifier.checkSync(token).keys.state, 'stale')
  assert.equal((await verifier.explain(token)).code, undefined)
})

test('without keys only the first caller waits, and all are told of an outage', async (t) => {
  const { verifier, advance, token } = await setUp(t, { keys: false })
  const first = verifier.check(token)
  assert.equal(await atOnce(first), 'waits')
  advance(WAIT)
  assert.equal((await first).error.code, 'JWKS_UNAVAILABLE')
  const { error } = await atOnce(verifier.check(token))
  assert.deepEqual([error.code, error.status, error.retryAfter], ['JWKS_UNAVAILABLE', 503, 2])
})

test('an unknown key is an outage while a fetch hangs, not a bad token', async (t) => {
  const { verifier, advance } = await setUp(t)
  const stranger = mint(makeKey('k2'), claims({ iss: 'x', exp: NOW + 3 * HOUR }))
  const ours = mint(makeKey('k2'), claims({ iss: verifier.status()[0].issuer[0], exp: NOW + 3 * HOUR }))
  assert.equal((await verifier.check(stranger)).error.code, 'INVALID_ISSUER')
  const first = verifier.check(ours)
  assert.equal(await atOnce(first), 'waits')
  advance(WAIT)
  assert.equal((await first).error.code, 'JWKS_UNAVAILABLE')
  assert.equal((await atOnce(verifier.check(ours))).error.code, 'JWKS_UNAVAILABLE')
})

test('a verifier that joins the fetch of another finds that it hangs as well', async (t) => {
  const { verifiers, advance, token, fetches } = await setUp(t)
  const answers = verifiers.map((verifier) => verifier.check(token))
  advance(WAIT)
  assert.deepEqual(
    (await Promise.all(answers)).map(({ keys }) => keys?.state),
    ['stale', 'stale'],
  )
  assert.ok(fetches() <= 1)
})

test('with a clock that stands still the wait ends all the same, with an outage', async (t) => {
  const { verifier, advance, token } = await setUp(t)
  const first = verifier.check(token)
  advance(WAIT, { clock: false })
  assert.equal((await first).error.code, 'JWKS_UNAVAILABLE')
})

test('a clock that fails when a fetch ends leaves nothing under way', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const time = { now: NOW, fails: false }
  const clock = () => {
    if (time.fails) throw new Error('no time')
    return time.now
  }
  const options = { issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri, clock }
  const verifier = createVerifier(options)
  t.after(() => verifier.close())
  const token = mint(key, claims({ iss: issuer.url }))
  issuer.answer = () => {
    time.fails = true
    return false
  }
  assert.equal((await verifier.check(token)).error.code, 'VERIFIER_UNAVAILABLE')
  issuer.answer = () => false
  time.fails = false
  // Otherwise it would hang by now.
  time.now += WAIT
  assert.equal((await verifier.check(token)).ok, true)
})
