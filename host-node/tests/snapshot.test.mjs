// Key sets that outlive a process: what a snapshot holds, and what may be restored from one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Verifier } from '../build/verifier.js'
import { makeDoors } from './support/doors.mjs'
import { JWKS, setUp } from './support/keyring.mjs'
import { recordOf, snapshotOf } from './support/records.mjs'
import { AUDIENCE, ISSUER, NOW, jwks, makeKey } from './support/tokens.mjs'

const noNetwork = () => assert.fail('fetched')

test('a snapshot holds each set as it was fetched', async (t) => {
  const { issuer, entry, make, key } = await setUp(t, { headers: { 'cache-control': 'max-age=900', age: '100' } })
  const fixed = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key) }
  const names = [issuer.url, 'https://b.example/']
  const verifier = make({ issuers: [fixed, { ...entry, issuer: names }] })
  assert.deepEqual(verifier.snapshot(), { version: 2, records: [] })
  await verifier.ready()
  assert.deepEqual(verifier.snapshot(), snapshotOf(names, issuer.keys, { max_age: 800 }))
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
  assert.deepEqual([state, age, generation], ['fresh', 200, first.status()[0].generation])
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
  const result = (issuer) => verifier.restore(snapshotOf(issuer, jwks(key)))[0]
  assert.deepEqual(result(['https://a.example/']), { result: 'refused', reason: 'no_such_issuer' })
  for (const issuer of [
    [],
    ['https://b.example/', 'https://b.example/'],
    ['https://a.example/', 'x', 'https://b.example/'],
  ])
    assert.equal(result(issuer).reason, 'no_such_issuer')
  const both = ['https://b.example/', 'https://a.example/']
  assert.deepEqual(result(both), { issuer: ['https://a.example/', 'https://b.example/'], result: 'stored' })
})

test('each refusal says why, and leaves the keys in force', async (t) => {
  const { issuer, time, make, key, token } = await setUp(t)
  const verifier = make()
  await verifier.ready()
  time.now += 10
  const other = jwks(makeKey('other'))
  const { generation: own } = verifier.status()[0]
  const later = { fetched_at: NOW + 5 }
  const wrong = [
    [snapshotOf(issuer.url, other), 'not_newer'],
    [snapshotOf(issuer.url, other, { fetched_at: NOW - 1 }), 'not_newer'],
    [snapshotOf(issuer.url, other, { fetched_at: NOW + 72 }), 'from_the_future'],
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
    assert.deepEqual([verifier.checkSync(token).ok, failures, generation], [true, 0, own], reason)
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
  assert.deepEqual(verifier.restore(snapshotOf(issuer.url, jwks(next), { fetched_at: NOW + 5 })), [
    { issuer: [issuer.url], result: 'stored' },
  ])
  const { generation } = verifier.status()[0]
  assert.deepEqual(heard, [{ type: 'keys.rotated', issuer: issuer.url, generation, keys: 1 }])
  assert.equal(verifier.checkSync(tokenOf(next)).ok, true)
  assert.equal(verifier.checkSync(token).ok, false)
})

test('what is not a snapshot is refused with the place of the fault', async (t) => {
  const { make } = await setUp(t)
  const wrong = [
    [null, '/snapshot'],
    ['{}', '/snapshot'],
    [[], '/snapshot/version'],
    [{}, '/snapshot/version'],
    [{ version: 1, issuers: [] }, '/snapshot/version'],
    [{ version: 2 }, '/snapshot/records'],
    [{ version: 2, records: [{}] }, '/snapshot/records'],
  ]
  for (const [snapshot, path] of wrong) {
    const refusal = { name: 'PolicyError', code: 'INVALID_POLICY', path }
    assert.throws(() => make().restore(snapshot), refusal)
    assert.throws(() => make({ snapshot }), refusal)
  }
})

test('a record that is not one is refused, and the next one is taken', async (t) => {
  const { issuer, make, key, token } = await setUp(t)
  const good = recordOf(issuer.url, jwks(key))
  const wrong = ['', 'x', '{}', '{}\n{}', good.replace('"v":2', '"v":3'), good.split('\n')[0]]
  const verifier = make({ fetch: noNetwork })
  const results = verifier.restore({ version: 2, records: [...wrong, good] })
  assert.deepEqual(
    results.map(({ result, reason }) => reason ?? result),
    [...wrong.map(() => 'not_a_record'), 'stored'],
  )
  assert.equal(verifier.checkSync(token).ok, true)
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
  assert.equal(trapped.restore(snapshotOf(issuer.url, jwks(key), { fetched_at: NOW + 1 }))[0].reason, 'trap')
  assert.equal((await trapped.check(token)).ok, true, 'the keys in force were offered again')
})

test('after a trap, restored keys are there again with their own time', async (t) => {
  const { issuer, time, key, token } = await setUp(t)
  const doors = makeDoors()
  const options = { issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri, clock: () => time.now }
  const snapshot = snapshotOf(issuer.url, jwks(key), { fetched_at: NOW - 100 })
  const verifier = new Verifier({ ...options, fetch: noNetwork, snapshot }, doors.instantiate)
  const before = verifier.status()
  time.now += 50
  doors.failing.add('verify')
  assert.equal(verifier.checkSync(token).error.details.reason, 'trap')
  doors.failing.clear()
  assert.equal(verifier.checkSync(token).ok, true)
  // The age at which keys are due is random by a tenth.
  const [{ due, ...rest }] = verifier.status()
  assert.deepEqual({ ...rest, due: 0 }, { ...before[0], age: 150, due: 0 })
  assert.ok(due > 0 && due <= 90, String(due))
})

test('a closed verifier gives and takes no snapshot', async (t) => {
  const { make } = await setUp(t)
  const verifier = make()
  verifier.close()
  assert.throws(() => verifier.snapshot(), { code: 'VERIFIER_UNAVAILABLE' })
  assert.throws(() => verifier.restore({ version: 2, records: [] }), { code: 'VERIFIER_UNAVAILABLE' })
})
