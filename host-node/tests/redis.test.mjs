// The store in Redis, on a real server and with the clients people have: it shares, and it is never in the way.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { createClient as createClient4 } from 'redis-4'
import { redisStore } from '../build/redis.js'
import { JWKS, setUp, until } from './support/keyring.mjs'
import { freePort, skip, startRedis } from './support/redis.mjs'

const ignore = () => undefined
const nodeRedis = (create) => (t, port) => {
  const client = create({ url: `redis://127.0.0.1:${port}` }).on('error', ignore)
  // Connects in the background, as an app does that starts whether or not Redis is there.
  client.connect().catch(ignore)
  t.after(() => (client.destroy ? client.destroy() : client.disconnect().catch(ignore)))
  return client
}
const CLIENTS = {
  'node-redis 5': nodeRedis(createClient),
  'node-redis 4': nodeRedis(createClient4),
  ioredis: (t, port) => {
    const client = new Redis(port, '127.0.0.1').on('error', ignore)
    t.after(() => client.disconnect())
    return client
  },
}

/** Replicas with a client and a fetch of their own. */
const fleetOf = (count, t, make, connect, port, more = {}) =>
  Array.from({ length: count }, () =>
    make({ store: redisStore(connect(t, port)), fetch: (url, init) => fetch(url, init), ...more }),
  )

for (const [name, connect] of Object.entries(CLIENTS)) {
  test(`${name}: eight cold replicas make one fetch`, { skip }, async (t) => {
    const { issuer, make, token } = await setUp(t)
    const { port } = await startRedis(t)
    const outcomes = []
    const onEvent = ({ type, outcome }) => type.startsWith('keys.') && outcome && outcomes.push(outcome)
    const fleet = fleetOf(8, t, make, connect, port, { onEvent })
    const results = await Promise.all(fleet.map((verifier) => verifier.check(token)))
    assert.ok(results.every(({ ok }) => ok))
    assert.equal(issuer.count(JWKS), 1)
    assert.deepEqual(outcomes.sort(), ['ok', ...Array(7).fill('shared')])
  })

  test(
    `${name}: values and locks end by themselves, and a lock is given back by its holder only`,
    { skip },
    async (t) => {
      const { port } = await startRedis(t)
      const [one, other] = [connect(t, port), connect(t, port)]
      const [a, b] = [one, other].map((client) => redisStore(client, { prefix: 'app:' }))
      assert.equal(await a.get('k'), null)
      await a.put('k', 'é"\n', 60)
      assert.equal(await b.get('k'), 'é"\n')
      assert.equal(await one.get('app:k'), 'é"\n')
      assert.ok((await one.ttl('app:k')) > 50)
      assert.equal(await a.lock('l', 60), true)
      assert.ok((await one.ttl('app:l')) > 50)
      assert.equal(await b.lock('l', 60), false)
      assert.equal(await a.lock('l', 60), false)
      await b.unlock('l')
      assert.equal(await b.lock('l', 60), false)
      // As if the lock had run out and another had taken it.
      await one.del('app:l')
      assert.equal(await b.lock('l', 60), true)
      await a.unlock('l')
      assert.equal(await a.lock('l', 60), false)
      await b.unlock('l')
      assert.equal(await a.lock('l', 60), true)
    },
  )

  test(`${name}: a server that is not there costs nothing but the sharing`, { skip }, async (t) => {
    const { issuer, make, token } = await setUp(t)
    const failures = []
    const onEvent = (event) => event.type === 'keys.store' && failures.push(event.reason)
    const fleet = fleetOf(2, t, make, connect, await freePort(), { onEvent })
    const results = await Promise.all(fleet.map((verifier) => verifier.check(token)))
    assert.ok(results.every(({ ok }) => ok))
    assert.equal(issuer.count(JWKS), 2)
    assert.equal(failures.length, 2)
  })

  test(`${name}: a server that goes away, or stands still, delays nobody for long`, { skip }, async (t) => {
    const { issuer, time, make, token } = await setUp(t)
    const redis = await startRedis(t)
    const store = redisStore(connect(t, redis.port))
    const { unlock } = store
    const unlocked = new Promise((resolve) => (store.unlock = async (key) => resolve(await unlock(key))))
    const verifier = make({ store })
    assert.equal((await verifier.check(token)).ok, true)
    await unlocked
    // Long enough for the monotonic clock to ask the store again after a failure.
    let offset = 0
    t.mock.method(performance, 'now', () => Reflect.apply(Performance.prototype.now, performance, []) + offset)
    const renew = async () => {
      time.now += 1300
      offset += 6000
      assert.equal((await verifier.check(token)).ok, true)
    }
    redis.stop()
    await renew()
    redis.go()
    await renew()
    await redis.end()
    await renew()
    assert.equal(issuer.count(JWKS), 4)
  })
}

test('clients of either kind read what the other wrote', { skip }, async (t) => {
  const { issuer, make, token } = await setUp(t)
  const { port } = await startRedis(t)
  const connects = Object.values(CLIENTS)
  const fleet = connects.flatMap((connect) => fleetOf(1, t, make, connect, port))
  for (const verifier of fleet) assert.equal((await verifier.check(token)).ok, true)
  await until(() => issuer.count(JWKS) === 1)
})

test('what is no client is refused', () => {
  for (const client of [undefined, null, {}, 'redis://x', { get() {}, set() {} }])
    assert.throws(() => redisStore(client), { code: 'INVALID_POLICY', path: '/store' })
})
