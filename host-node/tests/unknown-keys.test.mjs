// Tokens of keys that the set in force lacks: which of them wait, and which are blamed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JWKS, setUp, until } from './support/keyring.mjs'
import { jwks, makeKey } from './support/tokens.mjs'

const CALLERS = 20

/** The bucket is down to its last fetch, which is under way; `end` ends it. */
async function lastFetch(t) {
  const { issuer, time, make, token, tokenOf } = await setUp(t)
  const [verifier, added] = [make(), makeKey('k2')]
  assert.equal((await verifier.check(token)).ok, true)
  time.now += 60
  assert.equal((await verifier.check(tokenOf(makeKey('stray')))).error.code, 'UNKNOWN_KEY')
  time.now += 10
  issuer.keys = jwks(added)
  const held = []
  issuer.answer = (_, __, response) => held.push(response)
  const answers = Array.from({ length: CALLERS }, () => verifier.check(tokenOf(added)))
  await until(() => held.length === 1)
  answers.push(...Array.from({ length: CALLERS }, () => verifier.check(tokenOf(added))))
  const end = async (status) => {
    held[0].writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(issuer.keys))
    return new Set((await Promise.all(answers)).map(({ ok, error }) => (ok ? 'ok' : error.code)))
  }
  return { issuer, end }
}

test('tokens of a new key wait for the fetch that may bring it', async (t) => {
  const { issuer, end } = await lastFetch(t)
  assert.deepEqual(await end(200), new Set(['ok']))
  assert.equal(issuer.count(JWKS), 3)
})

test('if it fails, none of them is blamed', async (t) => {
  const { end } = await lastFetch(t)
  assert.deepEqual(await end(503), new Set(['JWKS_UNAVAILABLE']))
})
