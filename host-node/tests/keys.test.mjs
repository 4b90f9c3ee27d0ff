// Fetching keys, on real HTTP: when, how often, how long, and what a caller is told meanwhile.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { createVerifier } from '../build/index.js'
import { Verifier } from '../build/verifier.js'
import { makeDoors } from './support/doors.mjs'
import { startIssuer } from './support/issuer.mjs'
import { AUDIENCE, NOW, claims, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const JWKS = '/jwks/'
const DISCOVERY = '/.well-known/openid-configuration'

/** An issuer, a clock that is moved by hand, and a token of that issuer. */
async function setUp(t, { viaDiscovery = false, ...serve } = {}) {
  const issuer = await startIssuer(t, { keys: jwks(key), ...serve })
  const time = { now: NOW }
  const options = {
    issuer: issuer.url,
    audience: AUDIENCE,
    clock: () => time.now,
    ...(viaDiscovery ? {} : { jwksUri: issuer.jwksUri }),
  }
  const make = (more = {}) => {
    const verifier = createVerifier({ ...options, ...more })
    t.after(() => verifier.close())
    return verifier
  }
  return { issuer, time, make, token: mint(key, claims({ iss: issuer.url })) }
}

/** Lets the event loop turn until it holds. */
async function until(holds) {
  const deadline = performance.now() + 10_000
  while (!holds()) {
    assert.ok(performance.now() < deadline, 'waited in vain')
    await new Promise(setImmediate)
  }
}

test('keys are found by discovery, once for all tokens', async (t) => {
  const { issuer, make, token } = await setUp(t, { viaDiscovery: true })
  const verifier = make()
  for (let turn = 0; turn < 3; turn++) assert.equal((await verifier.verify(token)).userId, 'user-1')
  assert.deepEqual(issuer.requests, [DISCOVERY, JWKS])
})

test('twenty requests at cold start cause one fetch', async (t) => {
  const { issuer, make, token } = await setUp(t, { viaDiscovery: true })
  const verifier = make()
  const results = await Promise.all(Array.from({ length: 20 }, () => verifier.check(token)))
  assert.ok(results.every(({ ok }) => ok))
  assert.deepEqual(issuer.requests, [DISCOVERY, JWKS])
})

test('twenty requests at cold start offer the keys once', async (t) => {
  const { issuer, token } = await setUp(t)
  const doors = makeDoors()
  const options = { issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri, clock: () => NOW }
  const verifier = new Verifier(options, doors.instantiate)
  t.after(() => verifier.close())
  await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)))
  const calls = (name) => doors.calls.filter((call) => call === name).length
  assert.deepEqual([calls('fetch'), calls('told')], [1, 1])
})

test('two verifiers of one process share a fetch', async (t) => {
  const { issuer, make, token } = await setUp(t)
  const results = await Promise.all([make(), make({ leeway: 5 })].map((verifier) => verifier.check(token)))
  assert.ok(results.every(({ ok }) => ok))
  assert.equal(issuer.count(JWKS), 1)
})

test('two entries with one key set share a fetch', async (t) => {
  const { issuer, make } = await setUp(t)
  const entry = { audience: AUDIENCE, jwksUri: issuer.jwksUri }
  const verifier = make({
    issuer: undefined,
    audience: undefined,
    jwksUri: undefined,
    issuers: [
      { ...entry, issuer: 'https://a.example/' },
      { ...entry, issuer: 'https://b.example/' },
    ],
  })
  assert.deepEqual(
    (await verifier.ready()).map(({ keys }) => keys),
    [1, 1],
  )
  assert.equal(issuer.count(JWKS), 1)
})

test('verifiers with different fetch functions share nothing', async (t) => {
  const { issuer, make, token } = await setUp(t)
  const own = (url, init) => fetch(url, init)
  const results = await Promise.all([make(), make({ fetch: own })].map((verifier) => verifier.check(token)))
  assert.ok(results.every(({ ok }) => ok))
  assert.equal(issuer.count(JWKS), 2)
})

test('checkSync without keys is an outage, and starts the fetch', async (t) => {
  const { make, token } = await setUp(t)
  const verifier = make()
  const { error } = verifier.checkSync(token)
  assert.deepEqual([error.code, error.status], ['JWKS_UNAVAILABLE', 503])
  assert.ok(error.retryAfter >= 1)
  await until(() => verifier.checkSync(token).ok)
})

test('ready loads the keys and tells their state', async (t) => {
  const { issuer, make } = await setUp(t)
  const verifier = make()
  assert.deepEqual(
    verifier.status().map(({ state }) => state),
    ['empty'],
  )
  const [status] = await verifier.ready()
  assert.deepEqual([status.state, status.keys, status.age, status.failures], ['fresh', 1, 0, 0])
  await verifier.ready()
  assert.equal(issuer.count(JWKS), 1)
})

test('ready has nothing to do where keys are fixed', async (t) => {
  const { issuer, make } = await setUp(t)
  assert.deepEqual(
    (await make({ jwksUri: undefined, keys: jwks(key) }).ready()).map(({ state }) => state),
    ['static'],
  )
  assert.deepEqual(issuer.requests, [])
})

test('an outage of one issuer is never put down to another', async (t) => {
  const entry = (name) => ({ issuer: `https://${name}/`, audience: AUDIENCE, jwksUri: `https://${name}/jwks` })
  const fetch = async (url) => new Response('', { status: url.startsWith('https://a/') ? 404 : 500 })
  const verifier = createVerifier({ issuers: [entry('a'), entry('b'), entry('c')], clock: () => NOW, fetch })
  t.after(() => verifier.close())
  const tokens = ['a', 'b'].map((name) => mint(key, claims({ iss: `https://${name}/` })))
  const causes = async (check) => (await Promise.all(tokens.map(check))).map(({ error }) => String(error.cause))
  const own = [/https:\/\/a\/jwks.*404/, /https:\/\/b\/jwks.*500/]
  for (const check of [
    (token) => verifier.check(token),
    (token) => verifier.check(token),
    (token) => verifier.checkSync(token),
    (token) => verifier.checkAuthorization(`Bearer ${token}`),
  ]) {
    const found = await causes(check)
    own.forEach((cause, index) => assert.match(found[index], cause))
  }
  const untouched = verifier.checkSync(mint(key, claims({ iss: 'https://c/' })))
  assert.deepEqual([untouched.error.code, untouched.error.cause], ['JWKS_UNAVAILABLE', undefined])
})

test('ready fails with the reason when no issuer can be reached', async (t) => {
  const { issuer, make, token } = await setUp(t)
  await issuer.stop()
  const verifier = make()
  const error = await verifier.ready().catch((thrown) => thrown)
  assert.deepEqual([error.code, error.status, error.details.reason], ['JWKS_UNAVAILABLE', 503, 'no_keys'])
  assert.match(error.cause.message, /cannot fetch `http:.*ECONNREFUSED/)
  const result = await verifier.check(token)
  assert.equal(result.error.code, 'JWKS_UNAVAILABLE')
  assert.match(result.error.cause.message, /ECONNREFUSED/)
})

test('during the back-off nothing is fetched', async (t) => {
  const { issuer, time, make, token } = await setUp(t, { answer: (_, __, response) => response.writeHead(500).end() })
  const verifier = make()
  for (let turn = 0; turn < 5; turn++) assert.equal((await verifier.check(token)).error.code, 'JWKS_UNAVAILABLE')
  assert.equal(issuer.count(JWKS), 1)
  issuer.answer = () => false
  time.now += 120
  assert.equal((await verifier.check(token)).ok, true)
})

for (const [name, value, date] of [
  ['seconds', '120', 'today'],
  ['a date', new Date((NOW + 120) * 1000).toUTCString(), new Date(NOW * 1000).toUTCString()],
]) {
  test(`Retry-After in ${name} is honoured`, async (t) => {
    const answer = (_, __, response) => response.writeHead(503, { 'retry-after': value, date }).end()
    const { issuer, time, make, token } = await setUp(t, { answer })
    const verifier = make()
    const { error } = await verifier.check(token)
    assert.ok(error.retryAfter >= 100 && error.retryAfter <= 120, String(error.retryAfter))
    time.now += 90
    await verifier.check(token)
    assert.equal(issuer.count(JWKS), 1)
  })
}

test('Cache-Control less Age says when keys age', async (t) => {
  const { issuer, time, make, token } = await setUp(t, {
    headers: { 'cache-control': 'public, max-age=900', age: '800' },
  })
  const verifier = make()
  await verifier.verify(token)
  time.now += 110 // past 100 with any jitter, and before 90 and a quarter of it
  const result = await verifier.check(token)
  assert.deepEqual([result.ok, result.keys?.state], [true, 'aging'])
  await verifier.ready()
  assert.equal(issuer.count(JWKS), 2)
})

test('a refresh in the background delays nobody', async (t) => {
  const { issuer, time, make, token } = await setUp(t)
  const verifier = make()
  await verifier.verify(token)
  time.now += 250
  let release
  issuer.answer = (_, __, response) => {
    release = () => response.end(JSON.stringify(issuer.keys))
    return true
  }
  const long = mint(key, claims({ iss: issuer.url, exp: NOW + 9000 }))
  assert.equal((await verifier.check(long)).keys.state, 'aging')
  await until(() => release)
  assert.equal((await verifier.check(long)).keys.state, 'aging')
  release()
  await verifier.ready()
  assert.equal((await verifier.check(long)).keys.state, 'fresh')
  assert.equal(issuer.count(JWKS), 2)
})

test('after a rotation the new key is fetched, and the old one is gone', async (t) => {
  const { issuer, time, make, token } = await setUp(t)
  const verifier = make()
  await verifier.verify(token)
  const next = makeKey('k2')
  issuer.keys = jwks(next)
  time.now += 60
  assert.equal((await verifier.check(mint(next, claims({ iss: issuer.url })))).ok, true)
  assert.equal(verifier.checkSync(token).error.code, 'UNKNOWN_KEY')
  assert.equal(issuer.count(JWKS), 2)
})

test('a flood of unknown key ids causes no flood of fetches', async (t) => {
  const { issuer, time, make, token } = await setUp(t)
  const verifier = make()
  await verifier.verify(token)
  time.now += 60
  const forged = Array.from({ length: 30 }, (_, index) => mint(key, claims({ iss: issuer.url }), { kid: `x${index}` }))
  for (const one of forged)
    assert.ok(['UNKNOWN_KEY', 'JWKS_UNAVAILABLE'].includes((await verifier.check(one)).error.code))
  assert.ok(issuer.count(JWKS) <= 3, String(issuer.count(JWKS)))
  assert.equal((await verifier.check(token)).ok, true)
})

const UNUSABLE = {
  'a redirect': [(issuer, response) => response.writeHead(302, { location: `${issuer.url}elsewhere` }).end(), /./],
  'a status other than 200': [(_, response) => response.writeHead(404).end('{"keys":[]}'), /jwks.*status 404/],
  'a body above the limit': [
    (_, response) => response.end(`{"keys":[],"x":"${'x'.repeat(262_144)}"}`),
    /longer than 262144/,
  ],
  'a body that never ends': [
    (_, response) => {
      const more = () => (response.write('x'.repeat(65_536)) ? setImmediate(more) : response.once('drain', more))
      more()
    },
    /longer than 262144/,
  ],
  'a body that is not JSON': [(_, response) => response.end('<html>'), /not_json/],
  'a connection that breaks off': [
    (_, response) => {
      response.writeHead(200)
      response.write('{')
      response.destroy()
    },
    /./,
  ],
}

for (const [name, [serve, reason]] of Object.entries(UNUSABLE)) {
  test(`${name} brings no keys`, async (t) => {
    const { issuer, make, token } = await setUp(t)
    issuer.answer = (path, _, response) => (serve(issuer, response), true)
    const { error } = await make().check(token)
    assert.equal(error.code, 'JWKS_UNAVAILABLE')
    assert.match(error.cause.message, reason)
    assert.deepEqual(issuer.requests, [JWKS])
  })
}

test('a caller waits no longer than the module says, and the fetch goes on', async (t) => {
  const { issuer, make, token } = await setUp(t)
  let release
  issuer.answer = (_, __, response) => ((release = () => response.end(JSON.stringify(issuer.keys))), true)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const verifier = make()
  const pending = verifier.check(token)
  await until(() => release)
  t.mock.timers.tick(3000)
  assert.equal((await pending).error.code, 'JWKS_UNAVAILABLE')
  release()
  await verifier.ready()
  assert.equal((await verifier.check(token)).ok, true)
  assert.equal(issuer.count(JWKS), 1)
})

test('an answer that does not come in five seconds is a failure', async (t) => {
  const { make } = await setUp(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const deaf = make({ fetch: () => new Promise(() => {}) })
  const pending = deaf.ready()
  t.mock.timers.tick(5000)
  const error = await pending.catch((thrown) => thrown)
  assert.match(error.cause.message, /no answer within 5 s/)
})

test('an injected fetch gets what it needs, and may answer with a Response', async (t) => {
  const { make, token } = await setUp(t)
  const seen = []
  const own = async (url, init) => (seen.push([url, init]), new Response(JSON.stringify(jwks(key))))
  assert.equal((await make({ fetch: own }).check(token)).ok, true)
  assert.deepEqual(
    seen.map(([url, { method, redirect, headers, signal }]) => [typeof url, method, redirect, headers, signal.aborted]),
    [['string', 'GET', 'manual', { accept: 'application/json' }, false]],
  )
})

test('a fetch that throws, or answers nonsense, is a failure', async (t) => {
  const { make, token } = await setUp(t)
  const broken = [
    () => {
      throw new Error('boom')
    },
    async () => {
      throw null
    },
    async () => undefined,
    async () => ({ status: 200 }),
  ]
  for (const fetch of broken) assert.equal((await make({ fetch }).check(token)).error.code, 'JWKS_UNAVAILABLE')
})

test('after close nothing is fetched, and waiting callers are answered', async (t) => {
  const { issuer, make, token } = await setUp(t)
  let asked
  const reached = new Promise((resolve) => (asked = resolve))
  issuer.answer = (_, request) => (asked(request), true)
  const verifier = make()
  const pending = verifier.check(token)
  const request = await reached
  const dropped = new Promise((resolve) => request.once('close', resolve))
  verifier.close()
  assert.equal((await pending).error.details.reason, 'closed')
  await dropped
  await verifier.check(token)
  assert.equal(issuer.count(JWKS), 1)
})

test('closing one verifier leaves the fetch to the other', async (t) => {
  const { issuer, make, token } = await setUp(t)
  let release
  issuer.answer = (_, __, response) => ((release = () => response.end(JSON.stringify(issuer.keys))), true)
  const [leaving, staying] = [make(), make()]
  const pending = [leaving.check(token), staying.check(token)]
  await until(() => release)
  leaving.close()
  release()
  const [gone, good] = await Promise.all(pending)
  assert.deepEqual([gone.error?.details.reason, good.ok], ['closed', true])
})

test('a verifier keeps no process alive', async (t) => {
  const { issuer, token } = await setUp(t)
  const script = `
    import { createVerifier } from ${JSON.stringify(new URL('../build/index.js', import.meta.url).href)}
    const verifier = createVerifier({ issuer: ${JSON.stringify(issuer.url)}, audience: '${AUDIENCE}',
      jwksUri: ${JSON.stringify(issuer.jwksUri)}, clock: () => ${NOW} })
    console.log((await verifier.verify(${JSON.stringify(token)})).userId)
    verifier.close()
  `
  const output = await new Promise((resolve, reject) =>
    execFile(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    ),
  )
  assert.equal(output.trim(), 'user-1')
})
