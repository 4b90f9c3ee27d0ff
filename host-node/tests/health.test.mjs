// Whether a verifier can work: at the start (`ready`) and in a readiness probe (`health`).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Verifier } from '../build/verifier.js'
import { makeDoors } from './support/doors.mjs'
import { startIssuer } from './support/issuer.mjs'
import { JWKS, setUp, until } from './support/keyring.mjs'
import { AUDIENCE, ISSUER, jwks } from './support/tokens.mjs'

test('one issuer that is down does not sink the other', async (t) => {
  const { issuer, entry, make, token } = await setUp(t)
  const down = await startIssuer(t, { answer: (_, __, response) => response.writeHead(503).end() })
  const verifier = make({ issuers: [{ issuer: down.url, audience: AUDIENCE }, entry] })
  const [bad, good] = await verifier.ready()
  assert.deepEqual([bad.usable, bad.error, bad.state, bad.failures], [false, 'http_503', 'empty', 1])
  assert.deepEqual([good.usable, good.error, good.state, good.keys], [true, undefined, 'fresh', 1])
  assert.equal('error' in good, false)
  assert.equal((await verifier.check(token)).ok, true)
  assert.deepEqual(verifier.health(), {
    status: 'degraded',
    issuers: [
      { issuer: [down.url], state: 'empty', age: null, keys: 0, failures: 1, error: 'http_503' },
      { issuer: [issuer.url], state: 'fresh', age: 0, keys: 1, failures: 0 },
    ],
  })
})

test('ready fails when no issuer has keys, and says why', async (t) => {
  const { entry, make } = await setUp(t, {
    answer: (_, __, response) => response.writeHead(302, { location: '/' }).end(),
  })
  const verifier = make({ issuers: [entry, { ...entry, issuer: 'https://b.example/' }] })
  const error = await verifier.ready().catch((thrown) => thrown)
  assert.deepEqual([error.code, error.status, error.details.reason], ['JWKS_UNAVAILABLE', 503, 'no_keys'])
  assert.equal(error.details.error, 'redirect')
  assert.deepEqual(
    verifier.health().issuers.map(({ error }) => error),
    ['redirect', 'redirect'],
  )
})

test('ready joins a fetch under way', async (t) => {
  const { issuer, make, token } = await setUp(t)
  const verifier = make()
  const pending = verifier.check(token)
  assert.equal((await verifier.ready())[0].usable, true)
  assert.equal((await pending).ok, true)
  assert.equal(issuer.count(JWKS), 1)
})

test('ready waits no longer than a fetch may last, over both documents', async (t) => {
  const { issuer, make } = await setUp(t, { viaDiscovery: true })
  const held = []
  issuer.answer = (_, __, response) => held.push(response)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const verifier = make()
  const pending = verifier.ready()
  await until(() => held.length === 1)
  t.mock.timers.tick(4000)
  held[0].end(JSON.stringify({ issuer: issuer.url, jwks_uri: issuer.jwksUri }))
  await until(() => held.length === 2)
  t.mock.timers.tick(1250)
  const error = await pending.catch((thrown) => thrown)
  assert.deepEqual([error.code, error.cause], ['JWKS_UNAVAILABLE', undefined])
  held[1].end(JSON.stringify(issuer.keys))
  await until(() => verifier.health().status === 'ready')
})

test('health waits for nobody, and begins what is due', async (t) => {
  const { issuer, make } = await setUp(t)
  const verifier = make()
  for (let probe = 0; probe < 3; probe++)
    assert.deepEqual(verifier.health(), {
      status: 'not_ready',
      issuers: [{ issuer: [issuer.url], state: 'empty', age: null, keys: 0, failures: 0 }],
    })
  await until(() => verifier.health().status === 'ready')
  assert.equal(issuer.count(JWKS), 1)
})

test('a probe alone finds an issuer that was down at the start', async (t) => {
  const { issuer, time, make } = await setUp(t)
  issuer.answer = (_, __, response) => response.writeHead(503).end()
  const verifier = make()
  await verifier.ready().catch(() => undefined)
  issuer.answer = () => false
  assert.deepEqual([verifier.health().status, issuer.count(JWKS)], ['not_ready', 1])
  time.now += 10
  await until(() => verifier.health().status === 'ready')
  assert.equal(issuer.count(JWKS), 2)
})

test('a verifier that was idle is not taken out of service', async (t) => {
  const { issuer, time, make } = await setUp(t)
  const verifier = make()
  await verifier.ready()
  time.now += 10_000
  const { status, issuers } = verifier.health()
  assert.deepEqual([status, issuers[0].state, issuers[0].failures], ['degraded', 'dead', 0])
  await until(() => verifier.health().status === 'ready')
  assert.equal(issuer.count(JWKS), 2)
})

test('after closing a probe begins nothing', async (t) => {
  const { issuer, make } = await setUp(t)
  const verifier = make()
  verifier.close()
  assert.equal(verifier.health().status, 'not_ready')
  await new Promise(setImmediate)
  assert.deepEqual(issuer.requests, [])
})

test('health follows the keys through an outage', async (t) => {
  const { issuer, time, make, token } = await setUp(t)
  const verifier = make()
  await verifier.ready()
  const seen = []
  const look = () => seen.push([verifier.health().status, verifier.health().issuers[0].state])
  look()
  issuer.answer = (_, __, response) => response.writeHead(500).end()
  time.now += 250
  look()
  for (let minute = 0; minute < 12; minute++) {
    await verifier.check(token)
    await verifier.ready()
    time.now += 60
  }
  look()
  assert.equal(verifier.health().issuers[0].error, 'http_500')
  time.now += 4000
  look()
  issuer.answer = () => false
  await verifier.ready()
  look()
  assert.deepEqual(seen, [
    ['ready', 'fresh'],
    ['ready', 'aging'],
    ['degraded', 'stale'],
    ['not_ready', 'dead'],
    ['ready', 'fresh'],
  ])
  assert.equal('error' in verifier.health().issuers[0], false)
})

test('an issuer without a signing key degrades', async (t) => {
  const { issuer, make } = await setUp(t, { keys: { keys: [] } })
  const verifier = make()
  const [status] = await verifier.ready()
  assert.deepEqual([status.usable, status.keys, status.state], [true, 0, 'fresh'])
  assert.equal(verifier.health().status, 'degraded')
  assert.equal(issuer.count(JWKS), 1)
})

test('fixed keys and secrets are ready from the start', async (t) => {
  const { key, make } = await setUp(t)
  const fixed = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key) }
  const legacy = { mode: 'legacy-hs256', secret: 'x'.repeat(32), issuer: null, audience: null }
  const { status, issuers } = make({ issuers: [fixed, legacy] }).health()
  assert.deepEqual([status, issuers.map(({ state }) => state)], ['ready', ['static', 'secret']])
})

test('closed, or with a broken instance or clock, a verifier is not ready', async (t) => {
  const { key, make } = await setUp(t)
  const fixed = { jwksUri: undefined, keys: jwks(key) }
  const nothing = { status: 'not_ready', issuers: [] }
  const closed = make(fixed)
  closed.close()
  assert.deepEqual(closed.health(), nothing)
  assert.deepEqual(make({ ...fixed, clock: () => NaN }).health(), nothing)
  const doors = makeDoors()
  const broken = new Verifier({ issuer: ISSUER, audience: AUDIENCE, keys: jwks(key) }, doors.instantiate)
  doors.failing.add('status')
  assert.deepEqual(broken.health(), nothing)
  doors.failing.clear()
  assert.equal(broken.health().status, 'ready')
})
