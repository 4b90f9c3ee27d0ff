// What a verifier tells its owner: which events, in which order, and nothing that would tell who.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setUp, until } from './support/keyring.mjs'
import { claims, jwks, makeKey, mint, mintLegacy } from './support/tokens.mjs'

/** A listener, and what it heard without durations; those must be numbers that make sense. */
function listen() {
  const heard = []
  const onEvent = (event) => {
    const { duration, ...rest } = event
    if (duration !== undefined) assert.ok(duration >= 0 && duration < 60, String(duration))
    heard.push(rest)
  }
  return { heard, onEvent, drain: () => heard.splice(0) }
}

const fetched = (issuer, document, more = { outcome: 'ok' }) => ({
  type: 'keys.fetch',
  issuer: issuer.url,
  document,
  ...more,
})
const moved = (issuer, from, to) => ({ type: 'keys.state', issuer: issuer.url, from, to })
const accepted = { type: 'verify', outcome: 'accepted', code: null, algorithm: 'ES256' }
const rejected = (code, outcome = 'rejected') => ({ type: 'verify', outcome, code, algorithm: null })

test('a cold start tells of both documents, the new state and the check', async (t) => {
  const { issuer, make, token } = await setUp(t, { viaDiscovery: true })
  const { heard, onEvent } = listen()
  await make({ onEvent }).verify(token)
  assert.deepEqual(heard, [
    fetched(issuer, 'discovery'),
    fetched(issuer, 'key_set'),
    moved(issuer, 'empty', 'fresh'),
    accepted,
  ])
})

test('every check is told, with its code', async (t) => {
  const { key, make, tokenOf, token } = await setUp(t)
  const { heard, onEvent, drain } = listen()
  const verifier = make({ onEvent })
  await verifier.ready()
  drain()
  await verifier.check(token)
  verifier.checkSync(token)
  await verifier.checkAuthorization(`Bearer ${token}`)
  await verifier.checkAuthorization(['Bearer a', 'Bearer b'])
  await verifier.check(tokenOf(key, { aud: 'other' }))
  await verifier.check(undefined)
  await verifier.check(42)
  await verifier.verify('x').catch(() => undefined)
  const codes = ['INVALID_REQUEST', 'INVALID_AUDIENCE', 'NO_TOKEN', 'MALFORMED', 'MALFORMED']
  assert.deepEqual(heard, [accepted, accepted, accepted, ...codes.map((code) => rejected(code))])
})

test('hooks are part of the check', async (t) => {
  const { make, token } = await setUp(t)
  const { onEvent, drain } = listen()
  const verdict = async (hooks) => {
    await make({ onEvent, ...hooks }).check(token)
    return drain().at(-1)
  }
  assert.deepEqual(await verdict({ isRevoked: async () => true }), { ...rejected('REVOKED'), algorithm: 'ES256' })
  const down = async () => Promise.reject(new Error('down'))
  const outage = { ...rejected('VERIFIER_UNAVAILABLE', 'unavailable'), algorithm: 'ES256' }
  assert.deepEqual(await verdict({ resolve: down }), outage)
})

test('a closed verifier still tells of checks', async (t) => {
  const { make, token } = await setUp(t)
  const { heard, onEvent } = listen()
  const verifier = make({ onEvent })
  verifier.close()
  await verifier.check(token)
  assert.deepEqual(heard, [rejected('VERIFIER_UNAVAILABLE', 'unavailable')])
})

test('keys that age, are renewed and fail are told once each', async (t) => {
  const { issuer, time, make, token } = await setUp(t)
  const { onEvent, drain } = listen()
  const verifier = make({ onEvent })
  await verifier.ready()
  drain()
  time.now += 250
  issuer.answer = (_, __, response) => response.writeHead(503).end()
  for (let turn = 0; turn < 3; turn++) assert.equal((await verifier.check(token)).ok, true)
  await until(() => verifier.status()[0].failures === 1)
  assert.deepEqual(drain(), [
    moved(issuer, 'fresh', 'aging'),
    accepted,
    accepted,
    accepted,
    fetched(issuer, 'key_set', { outcome: 'failed', reason: 'http_503' }),
  ])
  time.now += 400
  assert.equal((await verifier.check(token)).keys.state, 'stale')
  assert.deepEqual(drain(), [
    moved(issuer, 'aging', 'dead'),
    fetched(issuer, 'key_set', { outcome: 'failed', reason: 'http_503' }),
    moved(issuer, 'dead', 'stale'),
    accepted,
  ])
})

test('a set with other keys is a rotation; the first one is none, and neither is the same again', async (t) => {
  const { issuer, time, make, token, tokenOf } = await setUp(t)
  const { onEvent, drain } = listen()
  const verifier = make({ onEvent })
  await verifier.ready()
  time.now += 250
  await verifier.ready()
  assert.deepEqual(
    drain().filter(({ type }) => type === 'keys.rotated'),
    [],
  )
  const next = makeKey('k2')
  issuer.keys = jwks(next, makeKey('k3'))
  time.now += 60
  const { generation } = (await verifier.check(tokenOf(next))).keys
  assert.deepEqual(drain(), [
    { type: 'unknown_kid', issuer: issuer.url, outcome: 'fetching' },
    fetched(issuer, 'key_set'),
    { type: 'keys.rotated', issuer: issuer.url, generation, keys: 2 },
    accepted,
  ])
  assert.equal((await verifier.check(token)).error.code, 'UNKNOWN_KEY')
  assert.deepEqual(drain(), [{ type: 'unknown_kid', issuer: issuer.url, outcome: 'refused' }, rejected('UNKNOWN_KEY')])
})

test('an unknown key that cannot be looked for is told as that', async (t) => {
  const { key, issuer, time, make, tokenOf } = await setUp(t)
  const { onEvent, drain } = listen()
  const verifier = make({ onEvent })
  await verifier.ready()
  time.now += 60
  issuer.answer = (_, __, response) => response.writeHead(500).end()
  const unknown = tokenOf(key, {}, { kid: 'other' })
  drain()
  await verifier.check(unknown)
  await verifier.check(unknown)
  const told = drain().filter(({ type }) => type === 'unknown_kid')
  assert.deepEqual(
    told.map(({ outcome }) => outcome),
    ['fetching', 'unavailable', 'unavailable'],
  )
})

test('an outage without keys is no unknown key', async (t) => {
  const { issuer, make, token } = await setUp(t, { answer: (_, __, response) => response.writeHead(429).end() })
  const { heard, onEvent } = listen()
  await make({ onEvent }).check(token)
  assert.deepEqual(heard, [
    fetched(issuer, 'key_set', { outcome: 'failed', reason: 'http_429' }),
    rejected('JWKS_UNAVAILABLE', 'unavailable'),
  ])
})

test('a document that the module refuses is told with its reason', async (t) => {
  const { issuer, make, token } = await setUp(t, { answer: (_, __, response) => response.end('<html>') })
  const { heard, onEvent } = listen()
  await make({ onEvent }).check(token)
  assert.deepEqual(heard[0], fetched(issuer, 'key_set', { outcome: 'refused', reason: 'not_json' }))
})

test('with several entries, the one that the token belongs to is named', async (t) => {
  const { key, issuer, entry, make, tokenOf } = await setUp(t)
  const secret = 'a shared secret of at least thirty-two bytes'
  const legacy = { mode: 'legacy-hs256', secret, issuer: null, audience: null }
  const other = { ...entry, issuer: ['https://other.example/', 'https://second.example/'] }
  const { onEvent, drain } = listen()
  const verifier = make({ issuers: [legacy, other, entry], onEvent })
  await verifier.ready()
  drain()
  const header = { kid: 'x' }
  await verifier.check(tokenOf(key, {}, header))
  await verifier.checkAuthorization(`bearer ${tokenOf(key, { iss: 'https://second.example/' }, header)}`)
  const told = drain().filter(({ type }) => type === 'unknown_kid')
  assert.deepEqual(
    told.map(({ issuer }) => issuer),
    [issuer.url, 'https://other.example/'],
  )
  await verifier.check(tokenOf())
  const now = claims().iat
  await verifier.check(mintLegacy(secret, { userId: 'u', iat: now, exp: now + 60 }))
  assert.deepEqual(drain(), [accepted, { ...accepted, algorithm: 'HS256' }])
})

test('a listener that fails changes nothing', async (t) => {
  const { make, token } = await setUp(t)
  const failing = [
    () => {
      throw new Error('boom')
    },
    async () => {
      throw new Error('late')
    },
    () => ({ then: (_, reject) => reject(new Error('thenable')) }),
    () => ({
      get then() {
        throw new Error('getter')
      },
    }),
  ]
  for (const onEvent of failing) assert.equal((await make({ onEvent }).check(token)).ok, true)
})

test('a listener may ask the verifier', async (t) => {
  const { make, token } = await setUp(t)
  const seen = []
  const verifier = make({
    onEvent: ({ type }) => seen.push([type, verifier.status()[0].state, verifier.health().status]),
  })
  await verifier.verify(token)
  assert.deepEqual(seen, [
    ['keys.fetch', 'fresh', 'ready'],
    ['keys.state', 'fresh', 'ready'],
    ['verify', 'fresh', 'ready'],
  ])
})

test('no event holds a token, a subject or a key id', async (t) => {
  const { key, issuer, time, make } = await setUp(t)
  const marks = { sub: 'MARK-sub', email: 'MARK-mail', jti: 'MARK-jti', sid: 'MARK-sid', azp: 'MARK-azp' }
  const marked = { ...key, kid: 'MARK-kid' }
  issuer.keys = jwks({ jwk: { ...key.jwk, kid: 'MARK-kid' } })
  const payload = claims({ iss: issuer.url, ...marks })
  const good = mint(marked, payload)
  const heard = []
  const verifier = make({ onEvent: (event) => heard.push(JSON.stringify(event)) })
  const bad = [
    mint(marked, payload, { kid: 'MARK-other' }),
    mint(marked, payload, { alg: 'MARK-alg' }),
    mint(marked, payload, { typ: 'MARK-typ' }),
    mint(marked, { ...payload, aud: 'MARK-aud' }),
    mint(marked, { ...payload, iss: 'https://MARK-iss.example/' }),
    `${good.slice(0, -4)}AAAA`,
    `MARK.${good}`,
  ]
  assert.equal((await verifier.check(good)).ok, true)
  for (const token of [...bad, good, ...bad]) {
    await verifier.check(token)
    time.now += 35
  }
  assert.ok(heard.length > 20)
  for (const text of heard) {
    assert.doesNotMatch(text, /MARK/)
    assert.ok(!text.includes(good.split('.')[1]) && !text.includes(good.split('.')[2]), text)
  }
})

test('onEvent must be a function', async (t) => {
  const { make } = await setUp(t)
  assert.throws(() => make({ onEvent: 'log' }), { code: 'INVALID_POLICY', path: '/onEvent' })
})
