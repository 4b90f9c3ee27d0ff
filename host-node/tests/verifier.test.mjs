// What a caller sees: identities, codes, and that nothing but an answer ever comes out of a check.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AuthError, createVerifier } from '../build/index.js'
import { AUDIENCE, ISSUER, NOW, claims, clock, jwks, makeKey, mint, mintLegacy } from './support/tokens.mjs'

const key = makeKey('k1')
const options = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key), clock }
const verifier = createVerifier(options)

async function codeOf(token, by = verifier) {
  const result = await by.check(token)
  return result.ok ? 'ok' : result.error.code
}

test('a good token gives the identity in the words of the family', async () => {
  const payload = claims({ tenantId: 't-1', roles: ['admin'], email: 'a@b.example', scope: 'read write' })
  assert.deepEqual(await verifier.verify(mint(key, payload)), {
    userId: 'user-1',
    tenantId: 't-1',
    roles: ['admin'],
    email: 'a@b.example',
    authMode: 'federated-jwks',
    issuedAt: NOW - 10,
    expiresAt: NOW + 600,
    issuer: ISSUER,
    claims: payload,
  })
})

test('check gives the facts of token and keys beside the identity', async () => {
  const result = await verifier.check(mint(key, claims({ scope: 'read', jti: 'j', azp: 'app' })))
  assert.equal(result.ok, true)
  assert.deepEqual(result.token, {
    alg: 'ES256',
    kid: 'k1',
    typ: 'JWT',
    jti: 'j',
    azp: 'app',
    scopes: ['read'],
    kind: 'user',
  })
  assert.equal(result.keys.state, 'static')
})

for (const alg of ['RS256', 'ES256', 'EdDSA']) {
  test(`a token signed with ${alg} is accepted`, async () => {
    const other = makeKey('other', alg)
    const verifier = createVerifier({ ...options, keys: jwks(other) })
    assert.equal((await verifier.verify(mint(other))).userId, 'user-1')
  })
}

test('verify throws an AuthError that carries all an adapter needs', async () => {
  const error = await verifier.verify(mint(key, claims({ exp: NOW - 100 }))).catch((thrown) => thrown)
  assert.ok(error instanceof AuthError && error instanceof Error)
  assert.equal(error.name, 'AuthError')
  assert.equal(error.code, 'EXPIRED')
  assert.equal(error.status, 401)
  assert.match(error.challenge, /^Bearer error="invalid_token"/)
  assert.equal(error.retryAfter, undefined)
  assert.equal(error.details.claim, 'exp')
  assert.deepEqual(JSON.parse(JSON.stringify(error)), { error: error.message, code: 'EXPIRED' })
})

test('check and checkSync give the same answer', async () => {
  for (const token of [mint(key), mint(key, claims({ aud: 'other' })), 'a.b.c', '']) {
    const [a, b] = [await verifier.check(token), verifier.checkSync(token)]
    assert.equal(a.ok, b.ok)
    if (!a.ok) assert.deepEqual([a.error.code, a.error.details], [b.error.code, b.error.details])
  }
})

test('what is not a string is answered by code', async () => {
  for (const nothing of [undefined, null, '']) assert.equal(await codeOf(nothing), 'NO_TOKEN')
  for (const other of [0, 1, true, {}, [], () => 1, Symbol('x'), 10n, Buffer.from(mint(key)), new String(mint(key))]) {
    for (const { error } of [await verifier.check(other), verifier.checkSync(other)])
      assert.deepEqual([error.code, error.details], ['MALFORMED', { reason: 'not_text' }])
    if (Array.isArray(other)) continue
    const { error } = await verifier.checkAuthorization(other)
    assert.deepEqual([error.code, error.details], ['INVALID_REQUEST', { reason: 'not_text' }])
  }
})

test('strings that are no UTF-16, or not ASCII, are malformed', async () => {
  const token = mint(key)
  for (const text of ['\ud800', `${token}\ud800`, `\udc00${token}`, `${token}\u0000`, `${token}é`, '\u{1f511}']) {
    assert.equal(await codeOf(text), 'MALFORMED')
  }
})

test('a token above the limit is too large, however much above', async () => {
  for (const length of [16385, 524_287, 524_288, 524_289, 3_000_000]) {
    assert.equal(await codeOf('a'.repeat(length)), 'TOKEN_TOO_LARGE', String(length))
    assert.equal(await codeOf('é'.repeat(length)), 'TOKEN_TOO_LARGE', String(length))
  }
  assert.equal(await codeOf('a'.repeat(16384)), 'MALFORMED')
  assert.equal(await codeOf(mint(key)), 'ok', 'a long token leaves nothing behind')
})

test('a header is read as RFC 6750 says', async () => {
  const good = mint(key)
  const cases = [
    [undefined, 'NO_TOKEN'],
    [null, 'NO_TOKEN'],
    ['', 'NO_TOKEN'],
    ['Basic dTpw', 'NO_TOKEN'],
    [`Bearer ${good}`, 'ok'],
    [`bearer ${good}`, 'ok'],
    [[`Bearer ${good}`], 'ok'],
    [[], 'NO_TOKEN'],
    [[`Bearer ${good}`, `Bearer ${good}`], 'INVALID_REQUEST'],
    [`Bearer ${good}, Bearer ${good}`, 'INVALID_REQUEST'],
    ['Bearer', 'INVALID_REQUEST'],
    [42, 'INVALID_REQUEST'],
  ]
  for (const [header, code] of cases) {
    const result = await verifier.checkAuthorization(header)
    assert.equal(result.ok ? 'ok' : result.error.code, code, JSON.stringify(header)?.slice(0, 20))
  }
})

test('a legacy entry stands beside a federated one', async () => {
  const secret = 'a shared secret that has thirty-two bytes or more: ü'
  const both = createVerifier({
    issuers: [
      { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key) },
      { mode: 'legacy-hs256', secret, issuer: null, audience: null, claimValues: { tid: ['fuzefront'] } },
    ],
    clock,
  })
  const session = { userId: 'u-1', sessionId: 's', tid: 'fuzefront', iat: NOW, exp: NOW + 60 }
  const identity = await both.verify(mintLegacy(secret, session))
  assert.deepEqual([identity.userId, identity.authMode, identity.issuer], ['u-1', 'legacy-hs256', undefined])
  assert.equal((await both.verify(mint(key))).authMode, 'federated-jwks')
  assert.equal(await codeOf(mintLegacy(secret, { ...session, tid: 'mendys' }), both), 'INVALID_CLAIM')
  assert.equal(await codeOf(mintLegacy('x'.repeat(40), session), both), 'INVALID_SIGNATURE')
  const bytes = createVerifier({
    mode: 'legacy-hs256',
    secret: new TextEncoder().encode(secret),
    issuer: null,
    audience: null,
    clock,
  })
  assert.equal((await bytes.verify(mintLegacy(secret, session))).userId, 'u-1')
})

test('one entry may allow several issuers and audiences', async () => {
  const wide = createVerifier({ ...options, issuer: [ISSUER, 'https://b.example/'], audience: ['a', AUDIENCE] })
  assert.equal(wide.status().length, 1)
  for (const iss of [ISSUER, 'https://b.example/']) assert.equal(await codeOf(mint(key, claims({ iss })), wide), 'ok')
  assert.equal(await codeOf(mint(key, claims({ iss: 'https://b.example' })), wide), 'INVALID_ISSUER')
})

test('a clock that gives no time is an outage, not a bad token', async () => {
  const broken = [
    () => NaN,
    () => -1,
    () => Infinity,
    () => '1700000000',
    () => undefined,
    () => {
      throw new Error('x')
    },
  ]
  for (const clock of broken) {
    const result = await createVerifier({ ...options, clock }).check(mint(key))
    assert.deepEqual(
      [result.error.code, result.error.status, result.error.details],
      ['VERIFIER_UNAVAILABLE', 503, { reason: 'clock' }],
    )
    assert.equal(result.error.retryAfter, 1)
    assert.equal(result.error.challenge, undefined)
  }
})

test('without a clock, the time is the present', async () => {
  const seconds = Math.floor(Date.now() / 1000)
  const { clock: _, ...present } = options
  const token = mint(key, claims({ iat: seconds, exp: seconds + 60 }))
  assert.equal(await codeOf(token, createVerifier(present)), 'ok')
  assert.equal(await codeOf(mint(key), createVerifier(present)), 'EXPIRED')
})

test('a closed verifier answers that it is closed', async () => {
  const closed = createVerifier(options)
  closed.close()
  closed.close()
  for (const result of [await closed.check(mint(key)), closed.checkSync(mint(key)), await closed.check(undefined)]) {
    assert.deepEqual([result.error.code, result.error.details.reason], ['VERIFIER_UNAVAILABLE', 'closed'])
  }
  await assert.rejects(closed.ready(), { code: 'VERIFIER_UNAVAILABLE' })
  assert.throws(() => closed.status(), { code: 'VERIFIER_UNAVAILABLE' })
})

test('calls that overlap do not mix', async () => {
  const tokens = Array.from({ length: 50 }, (_, index) => mint(key, claims({ sub: `user-${index}` })))
  const identities = await Promise.all(tokens.map((token) => verifier.verify(token)))
  assert.deepEqual(
    identities.map(({ userId }) => userId),
    tokens.map((_, index) => `user-${index}`),
  )
})
