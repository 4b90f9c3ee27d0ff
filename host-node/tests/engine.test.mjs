// The instance: its interface version, its traps, and that a broken one is never used again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../build/abi.js'
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
  const other = (version) => () => ({ ...instantiate(), authn_abi_version: () => version })
  assert.throws(() => new Verifier(options, other(1 << 16)), { name: 'EngineError', message: /ABI 1\.0.*2\.x/ })
  assert.throws(() => new Verifier(options, other(0)), EngineError)
})

test('a trap is an outage, and the next caller gets a new instance', async () => {
  const doors = makeDoors()
  const verifier = new Verifier(options, doors.instantiate)
  doors.failing.add('verify')
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
  // The age at which keys are due is random by a tenth.
  const status = () => verifier.status().map(({ due: _, ...rest }) => rest)
  const before = status()
  doors.failing.add('verify')
  assert.equal((await verifier.check(good)).error.details.reason, 'trap')
  doors.failing.clear()
  assert.deepEqual(status(), before)
  time.now += 42
  assert.equal(verifier.status()[0].age, 42)
  assert.equal((await verifier.check(good)).ok, true)
  assert.deepEqual(issuer.requests, ['/.well-known/openid-configuration', '/jwks/'])
})

test('a body that breaks an instance is a failed fetch, and is not told again', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  let told = 0
  const doors = makeDoors({ told: (call) => (told++ === 0 ? trap() : call()) })
  const { keys: _, ...remote } = options
  const verifier = new Verifier({ ...remote, issuer: issuer.url, jwksUri: issuer.jwksUri }, doors.instantiate)
  t.after(() => verifier.close())
  const bad = mint(key, claims({ iss: issuer.url }))
  for (let turn = 0; turn < 3; turn++) assert.equal((await verifier.check(bad)).error.code, 'JWKS_UNAVAILABLE')
  assert.equal(verifier.status()[0].failures, 1)
  assert.equal(issuer.count('/jwks/'), 1)
})

test('keys that break the new instance are dropped, and fetched again', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const doors = makeDoors()
  const { keys: _, ...remote } = options
  const verifier = new Verifier({ ...remote, issuer: issuer.url, jwksUri: issuer.jwksUri }, doors.instantiate)
  t.after(() => verifier.close())
  const good = mint(key, claims({ iss: issuer.url }))
  const { generation } = (await verifier.check(good)).keys
  doors.failing.add('verify').add('restore')
  assert.equal((await verifier.check(good)).error.details.reason, 'trap')
  assert.equal((await verifier.check(good)).error.details.reason, 'trap')
  doors.failing.clear()
  const { keys } = await verifier.check(good)
  assert.equal(issuer.count('/jwks/'), 2)
  assert.equal(keys.generation, generation, 'equal keys, equal word')
})

test('a trap in status is an outage too', () => {
  const doors = makeDoors()
  const verifier = new Verifier(options, doors.instantiate)
  doors.failing.add('status')
  assert.throws(() => verifier.status(), { code: 'VERIFIER_UNAVAILABLE', details: { reason: 'trap' } })
})

test('a module that traps on opening cannot be used', () => {
  const doors = makeDoors()
  doors.failing.add('open')
  assert.throws(() => new Verifier(options, doors.instantiate), EngineError)
})

test('an answer that is not JSON breaks the instance', () => {
  const doors = makeDoors({ verify: () => 0 })
  const lying = new Verifier(options, doors.instantiate)
  assert.equal(lying.checkSync(token).error.details.reason, 'trap')
  assert.equal(lying.checkSync(token).error.details.reason, 'trap')
  assert.equal(doors.made, 2)
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
  assert.throws(() => read(engine.call('verify', token, { verifier: 99, now: NOW })), EngineError)
  assert.throws(() => read(engine.call('verify', token, { verifier: 1, now: NaN })), EngineError)
  assert.throws(() => engine.call('open', new Uint8Array(600_000)), EngineError)
  assert.deepEqual(read(engine.call('close', '', { verifier: 99 })), { closed: false })
})
