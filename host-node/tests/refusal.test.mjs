// Why a discovery document was refused, as it stands in the cause of the outage.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerifier } from '../build/index.js'
import { AUDIENCE, claims, clock, makeKey, mint } from './support/tokens.mjs'

const ISSUER = 'https://id.example/app/'
const token = mint(makeKey('k1'), claims({ iss: ISSUER }))

async function outageBy(document) {
  const fetch = async () => new Response(JSON.stringify(document))
  const verifier = createVerifier({ issuer: [ISSUER, 'https://old.example/'], audience: AUDIENCE, clock, fetch })
  const { error } = await verifier.check(token)
  verifier.close()
  assert.equal(error.code, 'JWKS_UNAVAILABLE')
  assert.doesNotMatch(JSON.stringify(error), /id\.example/)
  return error.cause.message
}

const CASES = {
  'a slash too few': [
    { issuer: 'https://id.example/app' },
    '"https://id.example/app", not `https://id.example/app/`; only the slash at the end differs',
  ],
  'another issuer': [{ issuer: 'https://a/' }, '"https://a/", not `https://id.example/app/`'],
  'an issuer that forges a line': [
    { issuer: 'x\n\u001b[2Jerror: y' },
    '"x\\n\\u001b[2Jerror: y", not `https://id.example/app/`',
  ],
  'an endless issuer': [{ issuer: 'x'.repeat(5000) }, `"${'x'.repeat(199)}..., not \`https://id.example/app/\``],
  'no issuer': [{ issuer: 5 }, '5, not `https://id.example/app/`'],
}

for (const [name, [document, words]] of Object.entries(CASES)) {
  test(`${name}: the cause names both`, async () => {
    const url = 'https://id.example/app/.well-known/openid-configuration'
    assert.equal(
      await outageBy({ jwks_uri: 'https://id.example/jwks', ...document }),
      `\`${url}\`: the issuer of the document is ${words}`,
    )
  })
}

test('any other refusal says what is wrong', async () => {
  assert.match(await outageBy({ issuer: ISSUER }), /jwks_uri/)
})
