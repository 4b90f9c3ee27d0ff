// A token looked at without keys: it always says that nothing is verified.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from '../build/index.js'
import { claims, makeKey, mint } from './support/tokens.mjs'

const token = mint(makeKey('k1'), claims())

test('a signed token is decoded, its signature kept back', () => {
  const seen = inspect(token)
  assert.equal(seen.unverified, true)
  assert.equal(seen.form, 'jws')
  assert.equal(seen.bytes, token.length)
  assert.deepEqual(seen.header, { alg: 'ES256', kid: 'k1', typ: 'JWT' })
  assert.deepEqual(seen.claims, claims())
  assert.equal(seen.signature_bytes, 64)
  assert.equal(JSON.stringify(seen).includes(token.split('.')[2]), false)
})

test('a forged token looks as good', () => {
  const [header, , signature] = token.split('.')
  const payload = Buffer.from(JSON.stringify({ sub: 'root' })).toString('base64url')
  assert.deepEqual(inspect(`${header}.${payload}.${signature}`).claims, { sub: 'root' })
})

test('what is no token says why', () => {
  for (const [text, form] of [
    ['', 'malformed'],
    ['a.b', 'malformed'],
    ['ff_live_0123', 'opaque'],
    ['x'.repeat(700_000), 'opaque'],
  ]) {
    const seen = inspect(text)
    assert.equal(seen.unverified, true)
    assert.equal(seen.form, form)
    assert.equal(typeof seen.fault.code, 'string')
    assert.equal(seen.claims, undefined)
  }
})

test('an encrypted token shows its header only', () => {
  const header = Buffer.from('{"alg":"RSA-OAEP","enc":"A256GCM"}').toString('base64url')
  const seen = inspect(`${header}.AA.AA.AA.AA`)
  assert.equal(seen.form, 'jwe')
  assert.equal(seen.header.enc, 'A256GCM')
  assert.equal(seen.claims, undefined)
})

test('what is no string is a mistake of the caller', () => {
  for (const token of [undefined, null, 5, Buffer.from('a.b.c')]) assert.throws(() => inspect(token), TypeError)
})
