// The instance: its interface version, its traps, and that a broken one is never used again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Broken, Engine, instantiate } from '../build/engine.js'
import { EngineError } from '../build/index.js'
import { Verifier } from '../build/verifier.js'
import { makeDoors, trap } from './support/doors.mjs'
import { startIssuer } from './support/issuer.mjs'
import { AUDIENCE, ISSUER, NOW, claims, clock, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const token = mint(key)
const options = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key), clock }

test('the trap of the test is a real one', () => assert.throws(trap, WebAssembly.RuntimeError))

test('a module with another major version is refused', () => {
  const other = (version) => makeDoors({ authn_abi_version: () => version }).instantiate
  assert.throws(() => new Verifier(options, other(2 << 16)), { name: 'EngineError', message: /2\.0.*1\.x/ })
  assert.throws(() => new Verifier(options, other(0)), EngineError)
  assert.equal(new Verifier(options, other((1 << 16) | 7)).checkSync(token).ok, true)
})

test('a trap is an outage, and the next caller gets a new instance', async () => {
  const doors = makeDoors()
  const verifier = new Verifier(options, doors.instantiate)
  doors.failing.add('authn_verify')
  for (const result of [await verifier.check(token), verifier.checkSync(token)]) {
    assert.deepEqual(
      [result.error.code, result.error.status, result.error.retryAfter, result.error.details],
      ['VERIFIER_UNAVAILABLE', 503, 1, { reason: 'trap' }],
    )
    assert.ok(result.error.cause instanceof Broken)
    assert.ok(result.error.cause.cause instanceof WebAssembly.RuntimeError)
  }
  await assert.rejects(verifier.verify(token), { code: 'VERIFIER_UNAVAILABLE' })
  doors.failing.clear()
  assert.equal((await verifier.check(token)).ok, true)
  assert.equal(doors.made, 4)
})

test('a new instance knows the keys, with their age, without a fetch', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const time = { now: NOW }
  const doors = makeDoors()
  const { keys: _, ...remote } = options
  const verifier = new Verifier({ ...remote, issuer: issuer.url, clock: () => time.now }, doors.instantiate)
  t.after(() => verifier.close())
  const good = mint(key, claims({ iss: issuer.url }))
  await verifier.verify(good)
  const before = verifier.status()
  doors.failing.add('authn_verify')
  assert.equal((await verifier.check(good)).error.details.reason, 'trap')
  doors.failing.clear()
  assert.deepEqual(verifier.status(), before)
  time.now += 42
  assert.equal(verifier.status()[0].age, 42)
  assert.equal((await verifier.check(good)).ok, true)
  assert.deepEqual(issuer.requests, ['/.well-known/openid-configuration', '/jwks/'])
})

test('a body that breaks instances is a failed fetch, and is not offered again', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const doors = makeDoors()
  const { keys: _, ...remote } = options
  const verifier = new Verifier({ ...remote, issuer: issuer.url, jwksUri: issuer.jwksUri }, doors.instantiate)
  t.after(() => verifier.close())
  doors.failing.add('authn_offer')
  const { error } = await verifier.check(mint(key, claims({ iss: issuer.url })))
  assert.equal(error.code, 'JWKS_UNAVAILABLE')
  assert.equal(verifier.status()[0].failures, 1)
  assert.equal(doors.calls.filter((name) => name === 'authn_offer').length, 1)
})

test('keys that break the new instance are dropped, and fetched again', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const doors = makeDoors()
  const { keys: _, ...remote } = options
  const verifier = new Verifier({ ...remote, issuer: issuer.url, jwksUri: issuer.jwksUri }, doors.instantiate)
  t.after(() => verifier.close())
  const good = mint(key, claims({ iss: issuer.url }))
  await verifier.verify(good)
  doors.failing.add('authn_verify').add('authn_offer')
  assert.equal((await verifier.check(good)).error.details.reason, 'trap')
  assert.equal((await verifier.check(good)).error.details.reason, 'trap')
  doors.failing.clear()
  assert.equal((await verifier.check(good)).ok, true)
  assert.equal(issuer.count('/jwks/'), 2)
})

test('a trap in status is an outage too', () => {
  const doors = makeDoors()
  const verifier = new Verifier(options, doors.instantiate)
  doors.failing.add('authn_status')
  assert.throws(() => verifier.status(), { code: 'VERIFIER_UNAVAILABLE', details: { reason: 'trap' } })
})

test('a module that traps on opening cannot be used', () => {
  const doors = makeDoors()
  doors.failing.add('authn_open')
  assert.throws(() => new Verifier(options, doors.instantiate), EngineError)
})

test('an answer that is not JSON breaks the instance', () => {
  let lie = true
  const doors = makeDoors()
  const verifier = new Verifier(options, () => {
    const door = doors.instantiate()
    const { authn_verify } = door
    door.authn_verify = (...args) => (lie ? 0 : authn_verify(...args))
    return door
  })
  assert.equal(verifier.checkSync(token).error.details.reason, 'trap')
  lie = false
  assert.equal(verifier.checkSync(token).ok, true)
})

test('memory that grows between calls is seen', () => {
  let door
  const verifier = new Verifier(options, () => (door = instantiate()))
  assert.equal(verifier.checkSync(token).ok, true)
  door.memory.grow(1)
  assert.equal(verifier.checkSync(token).ok, true)
  door.memory.grow(16)
  assert.equal(verifier.checkSync('a.b.c').error.code, 'MALFORMED')
})

test('a wrong call is told as a mistake of the host', () => {
  const engine = new Engine()
  assert.throws(() => engine.verify(99, 0, NOW, token), EngineError)
  assert.throws(() => engine.verify(1, 0, NaN, token), EngineError)
  assert.equal(engine.close(99), false)
})
