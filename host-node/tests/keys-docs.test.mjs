// The examples of docs/keys.md, run as they stand: what is shown must work.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { metrics } from '@opentelemetry/api'
import { createClient } from 'redis'
import { ProxyAgent, fetch } from 'undici'
import * as main from '../build/index.js'
import * as otel from '../build/opentelemetry.js'
import * as store from '../build/redis.js'
import { DISCOVERY, JWKS, setUp } from './support/keyring.mjs'
import { setUpPrivate } from './support/private.mjs'
import { startProxy } from './support/proxy.mjs'
import { skip, startRedis } from './support/redis.mjs'

const text = await readFile(new URL('../../docs/keys.md', import.meta.url), 'utf8')
const [ownFetch, probe, metered, saved, shared, ...more] = [...text.matchAll(/^```js\n(.*?)^```/gms)].map(([, c]) => c)

/** Runs an example with these free variables; `result` is one of its own. */
function run(code, variables, result) {
  const given = { ...main, ...variables }
  const body = code.replace(/^import .*$/gm, '') + `\nreturn ${result}`
  const make = Object.getPrototypeOf(async () => {}).constructor
  return new make(...Object.keys(given), body)(...Object.values(given))
}

test('there is no example that is not run here', () => assert.deepEqual(more, []))

test('the fetch of the example goes through its proxy, trusts its authority and sends its header', async (t) => {
  const { issuer, ca } = await setUpPrivate(t, { name: 'https://id.example/' })
  const seen = []
  issuer.answer = (path, { headers }) => void seen.push([path, headers['x-api-key'], headers.accept])
  const proxy = await startProxy(t, { port: issuer.port })
  const code = ownFetch.replace('http://proxy.internal:3128', proxy.url)
  assert.notEqual(code, ownFetch)
  const [verifier, dispatcher] = await run(
    code,
    { ProxyAgent, fetch, caPem: ca, apiKey: 'k' },
    '[verifier, dispatcher]',
  )
  t.after(() => (verifier.close(), dispatcher.destroy()))
  assert.equal((await verifier.ready())[0].usable, true)
  assert.deepEqual(
    seen,
    [DISCOVERY, JWKS].map((path) => [path, 'k', 'application/json']),
  )
  assert.deepEqual([...new Set(proxy.asked)], ['id.example:443'])
})

test('the probe of the example answers by the health', async (t) => {
  const { make } = await setUp(t)
  const verifier = make()
  let handler
  await run(probe, { app: { get: (_, given) => (handler = given) }, verifier }, 'undefined')
  const ask = () => {
    const answer = {}
    const res = { status: (status) => ((answer.status = status), res), json: (body) => (answer.body = body) }
    handler({}, res)
    return [answer.status, answer.body.status]
  }
  assert.deepEqual(ask(), [503, 'not_ready'])
  await verifier.ready()
  assert.deepEqual(ask(), [200, 'ready'])
})

test('the listener of the example is one', async () => {
  assert.equal(typeof (await run(metered, { ...otel, metrics }, 'onEvent')), 'function')
})

test('the snapshot of the example goes through a file', async (t) => {
  const { entry, time, make, token } = await setUp(t)
  const verifier = make()
  await verifier.ready()
  const files = new Map()
  const writeFile = async (name, text) => void files.set(name, text)
  const readFile = async (name) => files.get(name)
  const options = { ...entry, clock: () => time.now, fetch: () => assert.fail('fetched') }
  const next = await run(saved, { verifier, options, writeFile, readFile }, 'next')
  assert.equal(next.checkSync(token).ok, true)
})

test('the store of the example shares, and does not wait for Redis', { skip }, async (t) => {
  const { issuer, entry, time, token } = await setUp(t)
  const { port } = await startRedis(t)
  for (const redisUrl of [`redis://127.0.0.1:${port}`, 'redis://127.0.0.1:1']) {
    const options = { ...entry, clock: () => time.now }
    const variables = { createClient, ...store, redisUrl, options, console: { warn: () => undefined } }
    const [verifier, client] = await run(shared, variables, '[verifier, client]')
    t.after(() => (verifier.close(), client.destroy()))
    assert.equal((await verifier.check(token)).ok, true)
  }
  assert.ok(issuer.count('/jwks/') >= 1)
})
