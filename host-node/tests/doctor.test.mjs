// The doctor over real HTTP: what it fetches, what it is given, and that it finds what is wrong.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from '../build/doctor.js'
import { ContractError, PolicyError, createVerifier, familyContract } from '../build/index.js'
import { startIssuer } from './support/issuer.mjs'
import { AUDIENCE, ISSUER, NOW, claims, clock, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1', 'RS256')
// The issuer's clock stands still with that of the tests.
const headers = { date: new Date(NOW * 1000).toUTCString() }
const policyOf = (issuer) => ({ issuer, audience: AUDIENCE, algorithms: ['RS256'] })
const ids = (findings) => findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id)

test('a sound issuer and a good token are healthy', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key), headers })
  const token = mint(key, claims({ iss: issuer.url }))
  const findings = await diagnose({ policy: policyOf(issuer.url), token, clock })
  assert.deepEqual(ids(findings), [])
  assert.ok(findings.some(({ id }) => id === 'healthy'))
  assert.deepEqual(issuer.requests.sort(), ['/.well-known/openid-configuration', '/jwks/'])
})

test('an empty key set is the provider without a signing key', async (t) => {
  const issuer = await startIssuer(t, { keys: {} })
  const [finding] = await diagnose({ policy: policyOf(issuer.url) })
  assert.equal(finding.id, 'no_signing_key')
  assert.equal(finding.severity, 'error')
  for (const text of [finding.what, finding.why, finding.remedy]) assert.match(text, /^[^\n]{10,}$/)
})

test('a slash that is missing is found, and drawn', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const findings = await diagnose({ policy: { ...policyOf(issuer.url.slice(0, -1)), jwksUri: issuer.jwksUri } })
  const { evidence } = findings.find(({ id }) => id === 'issuer_slash_differs')
  assert.equal(evidence.found, issuer.url)
  assert.equal(evidence.shown.length, 3)
})

test('without a policy the issuer of the token is looked at', async (t) => {
  const issuer = await startIssuer(t, { keys: {} })
  const token = mint(key, claims({ iss: issuer.url }))
  assert.ok(ids(await diagnose({ token, clock })).includes('no_signing_key'))
  assert.equal(issuer.count('/jwks/'), 1)
})

test('pasted documents are not fetched, and offline nothing is', async (t) => {
  const fetch = t.mock.fn()
  const given = {
    policy: policyOf(ISSUER),
    fetch,
    discovery: JSON.stringify({ issuer: ISSUER, jwks_uri: `${ISSUER}jwks` }),
  }
  assert.ok(ids(await diagnose({ ...given, keySet: '{}' })).includes('no_signing_key'))
  assert.deepEqual(ids(await diagnose({ policy: policyOf(ISSUER), fetch, offline: true })), [])
  assert.ok(ids(await diagnose({ keySet: '{}', offline: true })).includes('no_signing_key'))
  assert.equal(fetch.mock.callCount(), 0)
})

test('a page that blocks the module is found', async (t) => {
  const answer = (path, _request, response) => {
    if (path !== '/page') return false
    response.writeHead(200, { 'content-security-policy': "script-src 'self'" }).end()
    return true
  }
  const { url } = await startIssuer(t, { answer })
  assert.deepEqual(ids(await diagnose({ page: `${url}page` })), ['csp_blocks_wasm'])
  assert.deepEqual(ids(await diagnose({ page: `${url}page`, offline: true })), ['nothing_to_check'])
})

test('a contract names the policy', async () => {
  const policy = { contract: familyContract(), app: 'fuzekeys', environment: 'production' }
  assert.ok(ids(await diagnose({ policy, keySet: '{}', offline: true })).includes('no_signing_key'))
})

test('a verifier names the policy, and keeps it to itself', async () => {
  const verifier = createVerifier(policyOf(ISSUER))
  assert.ok(ids(await diagnose({ policy: verifier, keySet: '{}', offline: true })).includes('no_signing_key'))
  assert.equal(JSON.stringify(verifier).includes(AUDIENCE), false)
})

test('sixteen issuers with long documents are all looked at', async () => {
  const issuers = Array.from({ length: 16 }, (_, index) => ({ ...policyOf(`https://id${index}.example/`) }))
  const fetch = async () => new Response('{"x":"' + 'x'.repeat(60_000) + '"}')
  const findings = await diagnose({ policy: { issuers }, fetch })
  assert.deepEqual(
    findings.filter(({ id }) => id.includes('too_large')),
    [],
  )
  assert.ok(findings.length >= 16, String(findings.length))
})

test('a token that is far too long is told so', async () => {
  const findings = await diagnose({ policy: policyOf(ISSUER), token: `a.b.${'c'.repeat(900_000)}`, offline: true })
  assert.ok(ids(findings).includes('token_too_large'))
})

test('what is refused throws', async () => {
  await assert.rejects(diagnose({ policy: { issuer: ISSUER } }), PolicyError)
  const nowhere = { contract: familyContract(), app: 'nope' }
  await assert.rejects(diagnose({ policy: nowhere }), ContractError)
})
