// Key sets that outlive a process: what a snapshot holds, and what may be restored from one.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Verifier } from '../build/verifier.js'
import { makeDoors } from './support/doors.mjs'
import { JWKS, setUp } from './support/keyring.mjs'
import { AUDIENCE, ISSUER, NOW, jwks, makeKey } from './support/tokens.mjs'

const noNetwork = () => assert.fail('fetched')

/** A snapshot by hand; `more` are members of its only entry. */
function snapshotOf(issuer, set, more = {}) {
  const body = JSON.stringify(set)
  const sha256 = createHash('sha256').update(body).digest('hex')
  return { version: 1, issuers: [{ issuer: [issuer], fetchedAt: NOW, maxAge: null, sha256, body, ...more }] }
}

test('a snapshot holds each set as it was fetched', async (t) => {
  const { issuer, entry, make, key } = await setUp(t, { headers: { 'cache-control': 'max-age=900', age: '100' } })
  const fixed = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key) }
  const names = [issuer.url, 'https://b.example/']
  const verifier = make({ issuers: [fixed, { ...entry, issuer: names }] })
  assert.deepEqual(verifier.snapshot(), { version: 1, issuers: [] })
  await verifier.ready()
  const { issuers } = snapshotOf('', issuer.keys, { issuer: names, maxAge: 800 })
  assert.deepEqual(verifier.snapshot(), { version: 1, issuers })
})

test('a verifier that starts with a snapshot fetches nothing, and the keys keep their age', async (t) => {
  const { issuer, time, make, token } = await setUp(t)
  const first = make()
  await first.ready()
  const text = JSON.stringify(first.snapshot())
  time.now += 200
  const second = make({ snapshot: JSON.parse(text), fetch: noNetwork })
  assert.equal(second.checkSync(token).ok, true)
  const [{ state, age, generation }] = second.status()
  assert.deepEqual([state, age, generation], ['fresh', 200, 1])
  assert.equal(JSON.stringify(second.snapshot()), text, 'what was restored can be handed on')
  assert.equal(issuer.count(JWKS), 1)
})

test('an old set serves while it is renewed, and a very old one not at all', async (t) => {
  const { issuer, time, make, token } = await setUp(t)
  const first = make()
  await first.ready()
  const snapshot = first.snapshot()
  time.now += 250
  const aging = make({ snapshot })
  assert.equal((await aging.check(token)).keys.state, 'aging')
  await aging.ready()
  assert.equal((await aging.check(token)).keys.state, 'fresh')
  assert.equal(issuer.count(JWKS), 2)
  time.now += 4000
  const [{ result, reason }] = make().restore(snapshot)
  assert.deepEqual([result, reason], ['refused', 'too_old'])
  assert.equal((await make({ snapshot }).check(token)).ok, true)
  assert.equal(issuer.count(JWKS), 3)
})

test('names are compared as a set', async (t) => {
  const { entry, make, key } = await setUp(t)
  const verifier = make({ issuers: [{ ...entry, issuer: ['https://a.example/', 'https://b.example/'] }] })
  const result = (issuer) => verifier.restore(snapshotOf('', jwks(key), { issuer }))[0]
  assert.deepEqual(result(['https://a.example/']), {
    issuer: ['https://a.example/'],
    result: 'refused',
    reason: 'no_such_issuer',
  })
  for (const issuer of [
    [],
    ['https://b.example/', 'https://b.example/'],
    ['https://a.example/', 'x', 'https://b.example/'],
  ])
    assert.equal(result(issuer).reason, 'no_such_issuer')
  const both = ['https://b.example/', 'https://a.example/']
  assert.deepEqual(result(both), { issuer: both, result: 'stored' })
})

test('each refusal says why, and leaves the keys in force', async (t) => {
  const { issuer, time, make, key, token } = await setUp(t)
  const verifier = make()
  await verifier.ready()
  time.now += 10
  const other = jwks(makeKey('other'))
  const later = { fetchedAt: NOW + 5 }
  const wrong = [
    [snapshotOf(issuer.url, other), 'not_newer'],
    [snapshotOf(issuer.url, other, { fetchedAt: NOW - 1 }), 'not_newer'],
    [snapshotOf(issuer.url, other, { fetchedAt: NOW + 72 }), 'from_the_future'],
    [snapshotOf(issuer.url, other, { ...later, sha256: '0'.repeat(64) }), 'wrong_hash'],
    [snapshotOf(issuer.url, other, { ...later, body: '{"keys":[]}' }), 'wrong_hash'],
    [snapshotOf(issuer.url, [], later), 'not_an_object'],
    [snapshotOf(issuer.url, { keys: [], x: 'x'.repeat(262_144) }, later), 'too_large'],
    [snapshotOf(issuer.url, { keys: [], x: 'x'.repeat(3_000_000) }, later), 'too_large'],
    [snapshotOf(`${issuer.url}x`, other, later), 'no_such_issuer'],
  ]
  for (const [snapshot, reason] of wrong) {
    const [entry] = verifier.restore(snapshot)
    assert.deepEqual([entry.result, entry.reason], ['refused', reason])
    const [{ failures, generation }] = verifier.status()
    assert.deepEqual([verifier.checkSync(token).ok, failures, generation], [true, 0, 1], reason)
  }
  const fixed = make({ jwksUri: undefined, keys: jwks(key) })
  assert.equal(fixed.restore(snapshotOf(issuer.url, other))[0].reason, 'keys_are_fixed')
})

test('newer keys are taken in and told; the withdrawn one is gone at once', async (t) => {
  const { issuer, time, make, token, tokenOf } = await setUp(t)
  const heard = []
  const verifier = make({ onEvent: (event) => heard.push(event) })
  await verifier.ready()
  time.now += 10
  heard.length = 0
  const next = makeKey('k2')
  assert.deepEqual(verifier.restore(snapshotOf(issuer.url, jwks(next), { fetchedAt: NOW + 5 })), [
    { issuer: [issuer.url], result: 'stored' },
  ])
  assert.deepEqual(heard, [{ type: 'keys.rotated', issuer: issuer.url, generation: 2, keys: 1 }])
  assert.equal(verifier.checkSync(tokenOf(next)).ok, true)
  assert.equal(verifier.checkSync(token).ok, false)
})

test('what is no snapshot is refused with the place of the fault', async (t) => {
  const { issuer, make, key } = await setUp(t)
  const good = snapshotOf(issuer.url, jwks(key))
  const entry = (more) => ({ ...good, issuers: [{ ...good.issuers[0], ...more }] })
  const wrong = [
    [null, '/snapshot'],
    ['{}', '/snapshot'],
    [[], '/snapshot'],
    [{}, '/snapshot/version'],
    [{ ...good, version: 2 }, '/snapshot/version'],
    [{ version: 1 }, '/snapshot/issuers'],
    [{ version: 1, issuers: ['x'] }, '/snapshot/issuers/0'],
    [entry({ issuer: issuer.url }), '/snapshot/issuers/0/issuer'],
    [entry({ issuer: [1] }), '/snapshot/issuers/0/issuer'],
    [entry({ fetchedAt: '1' }), '/snapshot/issuers/0/fetchedAt'],
    [entry({ fetchedAt: NaN }), '/snapshot/issuers/0/fetchedAt'],
    [entry({ fetchedAt: -1 }), '/snapshot/issuers/0/fetchedAt'],
    [entry({ maxAge: undefined }), '/snapshot/issuers/0/maxAge'],
    [entry({ sha256: undefined }), '/snapshot/issuers/0/sha256'],
    [entry({ body: {} }), '/snapshot/issuers/0/body'],
  ]
  for (const [snapshot, path] of wrong) {
    const refusal = { name: 'PolicyError', code: 'INVALID_POLICY', path }
    assert.throws(() => make().restore(snapshot), refusal)
    assert.throws(() => make({ snapshot }), refusal)
  }
})

test('a snapshot never keeps a service from starting', async (t) => {
  const { issuer, make, key, token } = await setUp(t)
  const good = snapshotOf(issuer.url, jwks(key))
  const stopped = { now: undefined }
  const verifier = make({ snapshot: good, clock: () => stopped.now })
  stopped.now = NOW
  assert.equal((await verifier.check(token)).ok, true)

  const doors = makeDoors()
  doors.failing.add('restore')
  const options = { issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri, clock: () => NOW }
  const trapped = new Verifier({ ...options, snapshot: good }, doors.instantiate)
  t.after(() => trapped.close())
  assert.equal((await trapped.check(token)).ok, true)
  assert.equal(trapped.restore(snapshotOf(issuer.url, jwks(key), { fetchedAt: NOW + 1 }))[0].reason, 'trap')
  assert.equal((await trapped.check(token)).ok, true, 'the keys in force were offered again')
})

test('after a trap, restored keys are there again with their own time', async (t) => {
  const { issuer, time, key, token } = await setUp(t)
  const doors = makeDoors()
  const options = { issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri, clock: () => time.now }
  const snapshot = snapshotOf(issuer.url, jwks(key), { fetchedAt: NOW - 100 })
  const verifier = new Verifier({ ...options, fetch: noNetwork, snapshot }, doors.instantiate)
  const before = verifier.status()
  time.now += 50
  doors.failing.add('verify')
  assert.equal(verifier.checkSync(token).error.details.reason, 'trap')
  doors.failing.clear()
  assert.equal(verifier.checkSync(token).ok, true)
  assert.deepEqual(verifier.status(), [{ ...before[0], age: 150, due: before[0].due - 50 }])
})

test('a closed verifier gives and takes no snapshot', async (t) => {
  const { make } = await setUp(t)
  const verifier = make()
  verifier.close()
  assert.throws(() => verifier.snapshot(), { code: 'VERIFIER_UNAVAILABLE' })
  assert.throws(() => verifier.restore({ version: 1, issuers: [] }), { code: 'VERIFIER_UNAVAILABLE' })
})
