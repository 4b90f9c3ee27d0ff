// Replicas in other languages share the same store: names and values are those of tests/shared-store.json.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { createVerifier } from '../build/index.js'
import { until } from './support/keyring.mjs'

const shared = JSON.parse(await readFile(new URL('../../tests/shared-store.json', import.meta.url), 'utf8'))
const { issuer, names, now, ttl, value } = shared
const ENTRIES = [
  ['discovery', {}],
  ['jwks_uri', { jwksUri: names.jwks_uri.url }],
]

for (const [kind, where] of ENTRIES) {
  const options = { issuer, audience: 'app', ...where }

  test(`what another replica wrote is read, under the name by ${kind}`, async () => {
    const asked = []
    const store = { get: async (key) => (asked.push(key), value), put: async () => assert.fail('put') }
    const fetch = () => assert.fail('fetched')
    const verifier = createVerifier({ ...options, clock: () => now, fetch, store })
    const [status] = await verifier.ready()
    assert.deepEqual([status.usable, status.keys, status.age], [true, 1, 99.5])
    assert.deepEqual(asked, [names[kind].keys])
  })

  test(`what is fetched is written for other replicas, under the name by ${kind}`, async () => {
    const [line, body] = value.split('\n')
    const { fetched_at: fetchedAt, max_age: maxAge, ...rest } = JSON.parse(line)
    const documents = { [names.jwks_uri.url]: body }
    const discovery = JSON.stringify({ issuer: issuer[0], jwks_uri: names.jwks_uri.url })
    const headers = { 'cache-control': `max-age=${maxAge}` }
    const fetch = async (url) => new Response(documents[url] ?? discovery, { headers })
    const calls = []
    const store = {
      get: async () => null,
      put: async (...args) => void calls.push(['put', ...args]),
      lock: async (...args) => (calls.push(['lock', ...args]), true),
      unlock: async (...args) => void calls.push(['unlock', ...args]),
    }
    await createVerifier({ ...options, clock: () => fetchedAt, fetch, store }).ready()
    await until(() => calls.length === 3)
    const [lock, put, unlock] = calls
    assert.deepEqual(
      [lock, unlock],
      [
        ['lock', names[kind].lock, 5],
        ['unlock', names[kind].lock],
      ],
    )
    assert.deepEqual([put[1], put[3]], [names[kind].keys, ttl])
    const [head, ...bodies] = put[2].split('\n')
    assert.deepEqual(JSON.parse(head), { ...rest, issuer, fetched_at: fetchedAt, max_age: maxAge })
    assert.deepEqual(bodies, [body])
  })
}
