// Keys that are fetched when they are due, although no token asks. Timers are mocked, and the clock goes with them.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { PolicyError, createVerifier } from '../build/index.js'
import { startIssuer } from './support/issuer.mjs'
import { virtualTimers } from './support/timers.mjs'
import { AUDIENCE, NOW, claims, jwks, makeKey, mint } from './support/tokens.mjs'

const [old, fresh] = [makeKey('k1'), makeKey('k2')]
const SOFT = 240
const HARD = 300
const HOUR = 3600

/** A verifier with keys. Time passes by `pass` alone, in steps, and each fetch that falls due in it ends. */
async function setUp(t, { options = {}, load = (verifier) => verifier.ready() } = {}) {
  const issuer = await startIssuer(t, { keys: jwks(old) })
  const time = { now: NOW, fails: false }
  const clock = () => {
    if (time.fails) throw new Error('no time')
    return time.now
  }
  const timers = virtualTimers(t)
  t.mock.method(Math, 'random', () => 0)
  let running = 0
  const counted = async (url, init) => {
    running += 1
    return fetch(url, init)
  }
  const onEvent = ({ type }) => {
    if (type === 'keys.fetch') running -= 1
  }
  const make = (more = {}) => {
    const common = { issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri, clock }
    // A function of its own each: verifiers with the same one share a request, and count it once each.
    const made = createVerifier({ ...common, fetch: (...request) => counted(...request), onEvent, ...more })
    t.after(() => made.close())
    return made
  }
  const verifier = make(options)
  await load(verifier)
  const pass = async (seconds) => {
    for (const end = time.now + seconds; time.now < end;) {
      const step = Math.min(10, end - time.now)
      time.now += step
      timers.tick(step)
      while (running > 0) await new Promise((resolve) => setImmediate(resolve))
      // What follows a fetch that ended stands in the next microtasks.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const token = (key) => mint(key, claims({ iss: issuer.url, exp: NOW + 100 * HOUR }))
  return { issuer, verifier, make, pass, time, token }
}

test('an idle verifier has fresh keys whenever a token comes', async (t) => {
  const { issuer, verifier, pass, token } = await setUp(t)
  await pass(HOUR)
  assert.equal(verifier.health().status, 'ready')
  assert.equal(verifier.checkSync(token(old)).keys.state, 'fresh')
  assert.equal(issuer.requests.length, 1 + HOUR / SOFT)
})

test('a withdrawn key is gone before anything is asked', async (t) => {
  const { issuer, verifier, pass, token } = await setUp(t)
  issuer.keys = jwks(fresh)
  await pass(SOFT + 10)
  assert.equal(verifier.checkSync(token(fresh)).ok, true)
  assert.equal((await verifier.check(token(old))).error.code, 'UNKNOWN_KEY')
})

test('an outage is known before the first token: nobody waits, and the end of it is found', async (t) => {
  const { issuer, verifier, pass, token } = await setUp(t)
  issuer.answer = (_, __, response) => response.writeHead(503).end()
  await pass(11 * 60)
  assert.equal(verifier.checkSync(token(old)).keys.state, 'stale')
  issuer.answer = () => false
  await pass(70)
  assert.equal(verifier.checkSync(token(old)).keys.state, 'fresh')
})

test('an issuer that stays away is given up with the last keys', async (t) => {
  const { issuer, verifier, pass, token } = await setUp(t)
  issuer.answer = (_, __, response) => response.writeHead(503).end()
  await pass(HARD + HOUR + 60)
  assert.equal(verifier.status()[0].due, null)
  const asked = issuer.requests.length
  await pass(HOUR)
  assert.equal(issuer.requests.length, asked)
  issuer.answer = () => false
  assert.equal((await verifier.check(token(old))).ok, true, 'a token asks again')
  await pass(SOFT + 10)
  assert.equal(issuer.requests.length, asked + 2, 'and they are kept again')
})

test('keys of a snapshot are kept, and those restored later', async (t) => {
  const { issuer, verifier, make, pass } = await setUp(t)
  const snapshot = verifier.snapshot()
  verifier.close()
  const next = make({ snapshot })
  const later = make()
  later.restore(snapshot)
  await pass(SOFT + 10)
  assert.deepEqual(
    [next, later].map((each) => each.status()[0].age),
    [10, 10],
  )
  assert.equal(issuer.requests.length, 3)
})

test('nothing is fetched without a first reason, nor after closing', async (t) => {
  const never = await setUp(t, { load: () => undefined })
  await never.pass(HOUR)
  assert.equal(never.issuer.requests.length, 0)
  await never.verifier.ready()
  never.verifier.close()
  await never.pass(HOUR)
  assert.equal(never.issuer.requests.length, 1)
})

test('a clock that fails for a while is no end of it', async (t) => {
  const { issuer, verifier, time, pass } = await setUp(t)
  time.fails = true
  await pass(SOFT + 10)
  time.fails = false
  await pass(60)
  assert.equal(verifier.status()[0].state, 'fresh')
  assert.equal(issuer.requests.length, 2)
})

test('it can be switched off', async (t) => {
  const { issuer, pass } = await setUp(t, { options: { backgroundRefresh: false } })
  await pass(HOUR)
  assert.equal(issuer.requests.length, 1)
})

test('a switch is true or false', () => {
  assert.throws(
    () => createVerifier({ issuer: 'https://id.example/', audience: AUDIENCE, backgroundRefresh: 'no' }),
    (error) =>
      error instanceof PolicyError && error.path === '/backgroundRefresh' && /not a boolean/.test(error.message),
  )
})

test('a verifier that is dropped is collected, and no process lives on for its keys', () => {
  const script = `
    import { createServer } from 'node:http'
    import { createVerifier } from ${JSON.stringify(new URL('../build/index.js', import.meta.url).href)}
    const server = createServer((_, response) => response.end('{"keys":[]}')).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.on('listening', resolve))
    const url = 'http://127.0.0.1:' + server.address().port + '/'
    // Not async: the frame of an async function holds what was in it.
    const make = () => {
      const verifier = createVerifier({ issuer: url, audience: 'a', jwksUri: url })
      return { dropped: new WeakRef(verifier), ready: verifier.ready().then(() => undefined) }
    }
    const { dropped, ready } = make()
    await ready
    for (let turn = 0; turn < 1000 && dropped.deref() !== undefined; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      gc()
    }
    console.log(dropped.deref() === undefined ? 'collected' : 'held')
    await make().ready
    server.close()
    server.closeAllConnections()`
  const args = ['--expose-gc', '--input-type=module', '--eval', script]
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 }), 'collected\n')
})
