// The examples of README.md, run as they stand against an issuer on loopback: what is shown must work.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import express from 'express'
import * as adapter from '../build/express.js'
import * as doctor from '../build/doctor.js'
import * as main from '../build/index.js'
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

// What surrounds the examples: only what they do not declare themselves.
const GIVEN = {
  token: 'declare const token: string',
  verifier: 'declare const verifier: import("@fuzefront/authn").Verifier',
  jwtSecret: 'declare const jwtSecret: string',
  createVerifier: 'import { createVerifier } from "@fuzefront/authn"',
  app: 'declare const app: import("express").Express',
  remove: 'declare const remove: import("express").RequestHandler',
  list: 'declare const list: import("express").RequestHandler',
}

test('the examples compile as they stand in strict TypeScript, with the types of Express 4 and 5', async (t) => {
  const folder = await mkdtemp(fileURLToPath(new URL('types/readme-', import.meta.url)))
  t.after(() => rm(folder, { recursive: true }))
  const files = []
  for (const [index, code] of [verify, guard, contract, refused, several].entries()) {
    const declared = (name) => new RegExp(`^(const|import) [^='\\n]*\\b${name}\\b`, 'm').test(code)
    const given = Object.keys(GIVEN).filter((name) => !declared(name))
    const example = `${given.map((name) => GIVEN[name]).join('\n')}\n${code}\nexport {}\n`
    for (const version of code.includes('app.') ? ['express', 'express-4'] : ['express']) {
      files.push(`example-${index}-${version}.ts`)
      await writeFile(join(folder, files.at(-1)), example.replaceAll('import("express")', `import("${version}")`))
    }
  }
  const compilerOptions = { exactOptionalPropertyTypes: false, noPropertyAccessFromIndexSignature: false }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../tsconfig.esm.json', compilerOptions, files }),
  )
  const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
  const said = await new Promise((done) =>
    execFile(process.execPath, [tsc, '-p', folder], (_error, stdout, stderr) => done(stdout + stderr)),
  )
  assert.equal(said, '')
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
  const verifier = await run(several, { jwtSecret: secret }, 'verifier')
  const session = { userId: 'u-1', tid: 'fuzefront', iat: now, exp: now + 60 }
  assert.equal((await verifier.verify(mintLegacy(secret, session))).userId, 'u-1')
})
