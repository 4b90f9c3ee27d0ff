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
  assert.doesNotMatch(JSON.stringify(error) + JSON.stringify(error.details), /id\.example/)
  return error.cause.message
}

const CASES = {
  'a slash too few': [
    { issuer: 'https://id.example/app' },
    'it names `https://id.example/app`, the policy `https://id.example/app/`; only the trailing slash differs',
  ],
  'another issuer': [{ issuer: 'https://a/' }, 'it names `https://a/`, the policy `https://id.example/app/`'],
  'an issuer that forges a line': [
    { issuer: 'x\n\u001b[2Jerror: y' },
    'it names `x??[2Jerror: y`, the policy `https://id.example/app/`',
  ],
  'an endless issuer': [
    { issuer: 'x'.repeat(5000) },
    `it names \`${'x'.repeat(200)}\`, the policy \`https://id.example/app/\``,
  ],
  'no issuer': [{ issuer: 5 }, 'it names no issuer, the policy `https://id.example/app/`'],
}

for (const [name, [document, words]] of Object.entries(CASES)) {
  test(`${name}: the cause names both`, async () => {
    const url = 'https://id.example/app/.well-known/openid-configuration'
    assert.equal(
      await outageBy({ jwks_uri: 'https://id.example/jwks', ...document }),
      `refused \`${url}\`: issuer_mismatch: ${words}`,
    )
  })
}

test('any other refusal is one word', async () => {
  assert.match(await outageBy({ issuer: ISSUER }), /: no_jwks_uri$/)
})
