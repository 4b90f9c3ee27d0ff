// A key document that has moved: nobody follows, and what the server says of waiting is heard.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JWKS, setUp } from './support/keyring.mjs'

const ELSEWHERE = '/elsewhere'

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect with ${status} is not followed, and its Retry-After is honoured`, async (t) => {
    const headers = { 'retry-after': '120', location: ELSEWHERE }
    const answer = (_, __, response) => response.writeHead(status, headers).end()
    const { issuer, make, time, token } = await setUp(t, { answer })
    const verifier = make()
    const { error } = await verifier.check(token)
    assert.deepEqual([error.details.error, error.retryAfter], ['redirect', 120])
    time.now += 119
    await verifier.check(token)
    assert.deepEqual(issuer.requests, [JWKS])
    issuer.answer = () => false
    time.now += 1
    assert.equal((await verifier.check(token)).ok, true)
  })
}

// A browser shows nothing of one: neither status nor headers.
test('a redirect that is hidden is one all the same', async (t) => {
  const { make, token } = await setUp(t)
  const hidden = { type: 'opaqueredirect', status: 0, redirected: false, headers: new Headers(), body: null }
  const { error } = await make({ fetch: async () => hidden }).check(token)
  assert.deepEqual([error.details.error, error.retryAfter], ['redirect', 1])
})

test('a fetch that follows redirects brings no keys, and no Retry-After of elsewhere', async (t) => {
  const { issuer, make, token } = await setUp(t, { headers: { 'retry-after': '120' } })
  issuer.answer = (path, _, response) => path === JWKS && response.writeHead(302, { location: ELSEWHERE }).end()
  const follow = (url, init) => fetch(url, { ...init, redirect: 'follow' })
  const { error } = await make({ fetch: follow }).check(token)
  assert.deepEqual([error.details.error, error.retryAfter], ['redirect', 1])
  assert.deepEqual(issuer.requests, [JWKS, ELSEWHERE])
})

test('a fetch that throws at a redirect is told from one that cannot connect', async (t) => {
  const { make, token } = await setUp(t, {
    answer: (_, __, response) => response.writeHead(302, { location: ELSEWHERE }).end(),
  })
  const strict = (url, init) => fetch(url, { ...init, redirect: 'error' })
  assert.equal((await make({ fetch: strict }).check(token)).error.details.error, 'redirect')
})

test('a fetch that does not tell whether it followed one brings no keys', async (t) => {
  const { issuer, make, token } = await setUp(t)
  issuer.answer = (path, _, response) => path === JWKS && response.writeHead(302, { location: ELSEWHERE }).end()
  const silent = async (url, init) => {
    const { status, headers, body } = await fetch(url, { ...init, redirect: 'follow' })
    return { status, headers, body }
  }
  const { error } = await make({ fetch: silent }).check(token)
  assert.equal(error.details.error, 'redirect')
})
