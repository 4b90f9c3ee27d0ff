// The examples of README.md, run as they stand against an issuer on loopback: what is shown must work.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import express from 'express'
import * as adapter from '../../pkg/esm/express.js'
import * as doctor from '../../pkg/esm/doctor.js'
import * as main from '../../pkg/esm/index.js'
import { get, serve } from './support/http.mjs'
import { makeKey, jwks, mint, mintLegacy } from './support/tokens.mjs'

const ISSUER = 'https://id.example/'
const text = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const [verify, guard, contract, refused, several] = [...text.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code)
const key = makeKey('k1')
const now = Math.floor(Date.now() / 1000)
const payload = { iss: ISSUER, aud: 'fuzekeys-oidc-client', sub: 'user-1', iat: now, exp: now + 60 }
const token = mint(key, { ...payload, roles: ['admin'], tenantId: 't-1', scope: 'reports:read' })

/** Runs an example with these free variables; `result` is one of its own. */
function run(code, variables, result) {
  const body = code.replace(/^import .*$/gm, '') + `\nreturn ${result}`
  const given = { ...main, ...adapter, ...doctor, ...variables }
  const make = Object.getPrototypeOf(async () => {}).constructor
  return new make(...Object.keys(given), body)(...Object.values(given))
}

/** The issuer of the examples, without a network. */
async function answer(url) {
  const documents = { [`${ISSUER}.well-known/openid-configuration`]: { issuer: ISSUER, jwks_uri: `${ISSUER}jwks` } }
  return new Response(JSON.stringify(documents[url] ?? jwks(key)))
}

test('the examples import what exists', () => {
  const names = [...text.matchAll(/^import \{ (.*?) \} from '@fuzefront\/authn(?:\/([a-z]+))?'/gm)]
  const modules = { undefined: main, express: adapter, doctor }
  assert.equal(names.length, 5)
  for (const [, list, subpath] of names) {
    for (const name of list.split(', ')) assert.equal(typeof modules[subpath][name], 'function', name)
  }
})

test('the first example verifies a token', async (t) => {
  t.mock.method(globalThis, 'fetch', answer)
  const lines = t.mock.method(console, 'log', () => {})
  assert.equal((await run(verify, { token }, 'identity')).userId, 'user-1')
  assert.deepEqual(lines.mock.calls[0].arguments, ['user-1', 't-1', ['admin']])
})

test('the Express example guards its routes', async (t) => {
  const app = express()
  const verifier = main.createVerifier({ issuer: ISSUER, audience: 'fuzekeys-oidc-client', keys: jwks(key) })
  const done = (_req, res) => res.json('done')
  await run(guard, { app, verifier, remove: done, list: done }, 'undefined')
  const url = await serve(t, app)
  const bearer = { authorization: `Bearer ${token}` }
  assert.deepEqual((await get(`${url}/me`, bearer)).body, { user: 'user-1' })
  assert.equal((await get(`${url}/reports`, bearer)).body, 'done')
  assert.equal((await get(`${url}/reports`)).status, 401)
})

test('the contract example makes a verifier', async (t) => {
  const lines = t.mock.method(console, 'log', () => {})
  await run(contract, {}, 'verifier')
  const { app, environment } = lines.mock.calls[0].arguments[0]
  assert.deepEqual([app, environment], ['fuzekeys', 'production'])
})

test('the example of a refusal says why', async (t) => {
  t.mock.method(globalThis, 'fetch', answer)
  const verifier = main.createVerifier({ issuer: ISSUER, audience: 'other-app' })
  const result = await run(refused, { token, verifier }, '{ verdict, code, failed, form, claims, findings }')
  assert.deepEqual([result.verdict, result.code], ['rejected', 'INVALID_AUDIENCE'])
  assert.match(result.failed.join(), /^audience \(3\.2\)$/)
  assert.deepEqual([result.form, result.claims.sub], ['jws', 'user-1'])
  assert.ok(result.findings.some(({ severity }) => severity === 'error'))
})

test('the example with several issuers takes a legacy token', async () => {
  const secret = 'a shared secret of at least thirty-two bytes'
  const verifier = await run(several, { process: { env: { JWT_SECRET: secret } } }, 'verifier')
  const session = { userId: 'u-1', tid: 'fuzefront', iat: now, exp: now + 60 }
  assert.equal((await verifier.verify(mintLegacy(secret, session))).userId, 'u-1')
})
