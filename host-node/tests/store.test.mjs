// A store that replicas share: one fetch for all of them, and no harm from a store that is down, slow or poisoned.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { JWKS, setUp, until } from './support/keyring.mjs'
import { recordOf } from './support/records.mjs'
import { claims, jwks, makeKey, mint } from './support/tokens.mjs'

/** A store in memory. `broken` may replace methods; `calls` are the names of what was called. */
function makeStore({ locks = true, ...broken } = {}) {
  const values = new Map()
  const calls = []
  const store = {
    values,
    calls,
    get: async (key) => (calls.push('get'), values.get(key)?.value ?? null),
    put: async (key, value, ttl) => (calls.push('put'), void values.set(key, { value, ttl })),
    ...(locks && {
      lock: async (key, ttl) => (calls.push('lock'), !values.has(key) && (values.set(key, { ttl }), true)),
      unlock: async (key) => (calls.push('unlock'), void values.delete(key)),
    }),
    ...broken,
  }
  return store
}

/** As many verifiers as there are replicas: with a fetch of their own, so that they share nothing but the store. */
const replicas = (count, make, store, more = {}) =>
  Array.from({ length: count }, () => make({ store, fetch: (url, init) => fetch(url, init), ...more }))

const nameOf = (kind, url) => `fuzefront-authn:2:${kind}:${createHash('sha256').update(url).digest('hex')}`
const never = () => new Promise(() => {})

test('eight cold replicas make one fetch', async (t) => {
  const { issuer, make, token } = await setUp(t)
  const store = makeStore()
  const outcomes = []
  const onEvent = ({ type, outcome }) => type === 'keys.fetch' && outcomes.push(outcome)
  const fleet = replicas(8, make, store, { onEvent })
  const results = await Promise.all(fleet.map((verifier) => verifier.check(token)))
  assert.ok(results.every(({ ok }) => ok))
  assert.equal(issuer.count(JWKS), 1)
  assert.deepEqual(outcomes.sort(), ['ok', ...Array(7).fill('shared')])
  await until(() => !store.values.has(nameOf('lock', issuer.jwksUri)))
})

test('the store holds one record of a snapshot, under the name that every host uses', async (t) => {
  const { issuer, make, token } = await setUp(t, { viaDiscovery: true, headers: { 'cache-control': 'max-age=900' } })
  const store = makeStore()
  const [verifier] = replicas(1, make, store)
  await verifier.check(token)
  const name = nameOf('keys', `${issuer.url}.well-known/openid-configuration`)
  await until(() => store.values.has(name))
  const { value, ttl } = store.values.get(name)
  assert.equal(value, verifier.snapshot().records[0])
  assert.equal(ttl, 1125)
})

test('a renewed set goes under the same name, for those that start later', async (t) => {
  const { issuer, time, make } = await setUp(t, { viaDiscovery: true })
  const store = makeStore()
  const [first, second] = replicas(2, make, store)
  await first.ready()
  await until(() => store.calls.at(-1) === 'unlock')
  time.now += 250
  issuer.keys = jwks(makeKey('k2'))
  await first.ready()
  await until(() => store.calls.filter((name) => name === 'unlock').length === 2)
  assert.deepEqual([...store.values.keys()], [nameOf('keys', `${issuer.url}.well-known/openid-configuration`)])
  await second.ready()
  assert.deepEqual(second.status()[0].age, 0)
  assert.equal(issuer.requests.length, 3)
})

test('a fleet whose keys age renews them with one fetch', async (t) => {
  const { issuer, time, make } = await setUp(t)
  const store = makeStore()
  const fleet = replicas(4, make, store)
  await Promise.all(fleet.map((verifier) => verifier.ready()))
  time.now += 250
  await Promise.all(fleet.map((verifier) => verifier.ready()))
  assert.deepEqual(
    fleet.map((verifier) => verifier.status()[0].age),
    [0, 0, 0, 0],
  )
  assert.equal(issuer.count(JWKS), 2)
})

test('for an unknown key, only a set that was fetched just now stands for a fetch', async (t) => {
  const { issuer, time, make, token, tokenOf } = await setUp(t)
  const store = makeStore()
  const [first, second, third] = replicas(3, make, store)
  await Promise.all([first, second, third].map((verifier) => verifier.check(token)))
  const next = makeKey('k2')
  issuer.keys = jwks(next)
  time.now += 60
  assert.equal((await first.check(tokenOf(next))).ok, true)
  await until(() => store.calls.at(-1) === 'unlock')
  time.now += 1
  assert.equal((await second.check(tokenOf(next))).ok, true)
  assert.equal(issuer.count(JWKS), 2, 'the set of the first is one second old')
  time.now += 30
  assert.equal((await third.check(tokenOf(next))).ok, true)
  assert.equal(issuer.count(JWKS), 3, 'it is too old now to show that a key does not exist')
})

test('a store without locks shares all the same, a little later', async (t) => {
  const { issuer, make } = await setUp(t)
  const store = makeStore({ locks: false })
  const [first, second] = replicas(2, make, store)
  await first.ready()
  await until(() => store.values.size === 1)
  await second.ready()
  assert.equal(issuer.count(JWKS), 1)
})

test('a value that is nonsense is ignored, and overwritten', async (t) => {
  const { issuer, key, make, token } = await setUp(t)
  const attacker = makeKey('k1')
  const poison = [
    'not json',
    'null',
    '[]',
    '{}',
    recordOf(issuer.url, jwks(attacker), { sha256: 'x' }),
    recordOf('https://other.example/', jwks(attacker)),
    recordOf(issuer.url, jwks(attacker), { fetched_at: 1 }),
    recordOf(issuer.url, jwks(attacker), { fetched_at: 9e9 }),
    recordOf(issuer.url, 'x'),
    'x'.repeat(3_000_000),
  ]
  for (const value of poison) {
    const store = makeStore()
    const name = nameOf('keys', issuer.jwksUri)
    store.values.set(name, { value })
    const [verifier] = replicas(1, make, store)
    assert.equal((await verifier.check(token)).ok, true, value.slice(0, 60))
    await until(() => store.values.get(name).value !== value)
    const [, body] = store.values.get(name).value.split('\n')
    assert.equal(JSON.parse(body).keys[0].x, key.jwk.x)
  }
  assert.equal(issuer.count(JWKS), poison.length)
})

for (const [name, broken, reason] of [
  [
    'throws',
    () => {
      throw new Error('boom')
    },
    'error',
  ],
  ['rejects', async () => Promise.reject(new Error('boom')), 'error'],
  ['never answers', never, 'timeout'],
]) {
  test(`a store that ${name} costs nothing but the sharing`, async (t) => {
    const { issuer, make, token } = await setUp(t)
    for (const method of ['get', 'put', 'lock', 'unlock']) {
      const heard = []
      const store = makeStore({ [method]: broken })
      const onEvent = (event) => event.type === 'keys.store' && heard.push(event)
      const [verifier] = replicas(1, make, store, { onEvent })
      const before = issuer.count(JWKS)
      assert.equal((await verifier.check(token)).ok, true, method)
      assert.equal(issuer.count(JWKS), before + 1)
      await until(() => heard.length === 1)
      assert.deepEqual(heard, [{ type: 'keys.store', outcome: 'failed', reason }])
    }
  })
}

test('a store that failed is left alone for five seconds', async (t) => {
  const { key, time, make, tokenOf } = await setUp(t)
  let calls = 0
  const store = makeStore({ get: async () => (calls++, Promise.reject(new Error('down'))) })
  const [verifier] = replicas(1, make, store)
  const unknown = tokenOf(key, {}, { kid: 'other' })
  await verifier.ready()
  time.now += 4
  await verifier.check(unknown)
  assert.equal(calls, 1)
  time.now += 2
  await verifier.check(unknown)
  assert.equal(calls, 1, 'the key set is too young to be fetched again')
  time.now += 1
  await verifier.check(unknown)
  assert.equal(calls, 2)
})

test('a lock that nobody gives back delays a fetch, but the caller gets its answer', async (t) => {
  const { issuer, time, make, token } = await setUp(t)
  let offset = 0
  t.mock.method(performance, 'now', () => Reflect.apply(Performance.prototype.now, performance, []) + offset)
  const store = makeStore({ lock: async () => (store.calls.push('lock'), false) })
  const [verifier] = replicas(1, make, store)
  const polled = (more) => {
    const locks = () => store.calls.filter((name) => name === 'lock').length
    const before = locks()
    return until(() => locks() === before + more)
  }
  const pending = verifier.check(token)
  await polled(2)
  offset += 1000
  await polled(2)
  assert.equal(issuer.count(JWKS), 0)
  offset += 500
  assert.equal((await pending).ok, true)
  assert.equal(issuer.count(JWKS), 1)
  // Nobody waits for a refresh, so the other gets the time that a fetch may take.
  time.now += 250
  const refreshed = verifier.ready()
  await polled(2)
  offset += 2000
  await polled(2)
  assert.equal(issuer.count(JWKS), 1)
  offset += 3000
  await refreshed
  assert.equal(issuer.count(JWKS), 2)
})

test('a replica that cannot fetch gives back the lock at once', async (t) => {
  const { issuer, make } = await setUp(t, { answer: (_, __, response) => response.writeHead(503).end() })
  const store = makeStore()
  const fleet = replicas(3, make, store)
  await Promise.allSettled(fleet.map((verifier) => verifier.ready()))
  await until(() => store.values.size === 0)
  assert.ok(issuer.count(JWKS) <= 3)
  assert.ok(!store.calls.includes('put'))
})

test('a lock that comes too late is given back', async (t) => {
  const { make } = await setUp(t)
  let release
  const store = makeStore({ lock: () => new Promise((resolve) => (release = () => resolve(true))) })
  const [verifier] = replicas(1, make, store)
  await verifier.ready()
  let offset = 0
  t.mock.method(performance, 'now', () => Reflect.apply(Performance.prototype.now, performance, []) + offset)
  offset += 5001
  release()
  await until(() => store.calls.includes('unlock'))
})

test('after close nothing is asked of the store any more', async (t) => {
  const { issuer, make, token } = await setUp(t)
  const store = makeStore({ lock: async () => false })
  const [verifier] = replicas(1, make, store)
  const pending = verifier.check(token)
  verifier.close()
  assert.equal((await pending).error.details.reason, 'closed')
  assert.equal(issuer.count(JWKS), 0)
  assert.ok(store.calls.length <= 1)
})

test('what is no store is refused by name', async (t) => {
  const { make } = await setUp(t)
  const wrong = [
    ['redis://x', '/store'],
    [null, '/store'],
    [{}, '/store/get'],
    [{ get() {} }, '/store/put'],
    [makeStore({ lock: true }), '/store/lock'],
    [makeStore({ unlock: 'x' }), '/store/unlock'],
  ]
  for (const [store, path] of wrong) assert.throws(() => make({ store }), { code: 'INVALID_POLICY', path })
})

test('a shared set is a set like any other: a forged token gains nothing', async (t) => {
  const { issuer, make, token } = await setUp(t)
  const fleet = replicas(2, make, makeStore())
  await Promise.all(fleet.map((verifier) => verifier.check(token)))
  const forged = mint(makeKey('k1'), claims({ iss: issuer.url }))
  for (const verifier of fleet) assert.equal((await verifier.check(forged)).error.code, 'INVALID_SIGNATURE')
})
