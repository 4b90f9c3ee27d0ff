// Verifiers made from a contract: which part of it counts, and what is refused.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { ContractError, PolicyError, createVerifier, familyContract } from '../build/index.js'
import { claims, clock, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1', 'RS256')
const fuzekeys = { contract: familyContract(), app: 'fuzekeys', environment: 'production' }
const warning = 'the client of `fuzekeys` is only planned in `production`: no token of it exists yet'
const production = 'https://app.fuzefront.com/application/o/fuzekeys/'
const audience = 'fuzekeys-oidc-client'
const token = mint(key, claims({ iss: production, aud: audience, azp: audience }))

function refusal(options) {
  try {
    createVerifier(options)
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error))
    return error
  }
  assert.fail('accepted')
}

test('the family contract is the file of the repository, and a new copy each time', async () => {
  const text = await readFile(new URL('../../docs/contract/fuzefront.v1.json', import.meta.url), 'utf8')
  assert.deepEqual(familyContract(), JSON.parse(text))
  familyContract().apps = {}
  assert.notDeepEqual(familyContract().apps, {})
})

test('a contract, an app and an environment make a verifier', async () => {
  const verifier = createVerifier({ ...fuzekeys, keys: jwks(key), clock })
  const { name, version } = familyContract()
  assert.deepEqual(verifier.contract, { name, version, app: 'fuzekeys', environment: 'production', warning })
  assert.equal((await verifier.verify(token)).userId, 'user-1')
})

test('what the contract warns of is kept, and told once', () => {
  const heard = []
  const verifier = createVerifier({ ...fuzekeys, keys: jwks(key), clock, onEvent: (event) => heard.push(event) })
  verifier.checkSync(token)
  const warnings = heard.filter(({ type }) => type === 'contract.warning')
  assert.deepEqual(warnings, [
    { type: 'contract.warning', app: 'fuzekeys', environment: 'production', message: warning },
  ])
  const active = { ...fuzekeys, app: 'grafana', onEvent: (event) => heard.push(event) }
  assert.ok(!('warning' in createVerifier(active).contract))
  assert.equal(heard.filter(({ type }) => type === 'contract.warning').length, 1)
})

test('what another app or environment says does not count', async () => {
  const local = createVerifier({ ...fuzekeys, environment: 'local', keys: jwks(key), clock })
  assert.equal(local.checkSync(token).error.code, 'INVALID_ISSUER')
  const other = mint(key, claims({ iss: production, aud: 'grafana', azp: 'grafana' }))
  const verifier = createVerifier({ ...fuzekeys, keys: jwks(key), clock })
  assert.equal(verifier.checkSync(other).error.code, 'INVALID_AUDIENCE')
})

test('a verifier without a contract has none', () => {
  const verifier = createVerifier({ issuer: production, audience, keys: jwks(key) })
  assert.equal(verifier.contract, undefined)
})

test('options of the entry are added to what the contract says', () => {
  const late = { ...fuzekeys, keys: jwks(key), clock: () => clock() + 700 }
  assert.equal(createVerifier({ ...late, leeway: 60 }).checkSync(token).error.code, 'EXPIRED')
  assert.equal(createVerifier({ ...late, leeway: 120 }).checkSync(token).ok, true)
})

test('keys may be fetched from the insecure hosts named beside the contract', () => {
  const inside = { ...fuzekeys, jwksUri: 'http://id.svc/jwks/' }
  assert.equal(refusal(inside).path, '/options/jwks_uri')
  assert.ok(createVerifier({ ...inside, insecureHosts: ['id.svc'] }).fingerprint)
})

test('the same policy has the same fingerprint, spelt out or from a contract', () => {
  const { fingerprint } = createVerifier({ ...fuzekeys, insecureHosts: ['id.svc'] })
  assert.notEqual(createVerifier(fuzekeys).fingerprint, fingerprint)
  const { apps, issuers } = familyContract()
  assert.deepEqual(apps.fuzekeys.issuers, ['fuzekeys'])
  const spelt = createVerifier({
    issuer: production,
    audience,
    jwksUri: `https://app.fuzefront.com${issuers.fuzekeys.jwks_path}`,
    algorithms: ['RS256'],
    authorizedParties: [audience],
    kinds: ['user'],
    insecureHosts: ['id.svc'],
  })
  assert.equal(spelt.fingerprint, fingerprint)
})

const REFUSED = {
  'a contract that is text': [{ ...fuzekeys, contract: 'x' }, ''],
  'a contract that is null': [{ ...fuzekeys, contract: null }, ''],
  'an unfinished contract': [{ ...fuzekeys, contract: { name: 'x' } }, '/version'],
  'a newer contract': [{ ...fuzekeys, contract: { ...familyContract(), version: '2.0.0' } }, '/version'],
  'an unknown member': [{ ...fuzekeys, contract: { ...familyContract(), extra: 1 } }, '/extra'],
  'an app that is left out': [{ ...fuzekeys, app: undefined, environment: undefined }, '/app'],
  'an unknown app': [{ ...fuzekeys, app: 'nope' }, '/app'],
  'an unknown environment': [{ ...fuzekeys, environment: 'nope' }, '/environment'],
  'an environment that is left out': [{ ...fuzekeys, environment: undefined }, '/environment'],
  'an issuer beside it': [{ ...fuzekeys, issuer: 'https://x.example/' }, '/options/issuer'],
  'an audience beside it': [{ ...fuzekeys, audience: 'x' }, '/options/audience'],
  'algorithms beside it': [{ ...fuzekeys, algorithms: ['RS256'] }, '/options/algorithms'],
  'a secret beside it': [{ ...fuzekeys, secret: 'x'.repeat(32) }, '/options/secret'],
  'a leeway above 300': [{ ...fuzekeys, leeway: 301 }, '/options/leeway'],
  'hosts that are no list': [{ ...fuzekeys, insecureHosts: 'x' }, '/options/insecure_hosts'],
  'a host that is no text': [{ ...fuzekeys, insecureHosts: [5] }, '/options/insecure_hosts'],
  'a contract beyond the buffer': [{ ...fuzekeys, contract: { name: 'x'.repeat(700_000) } }, ''],
}

for (const [name, [options, path]] of Object.entries(REFUSED)) {
  test(`${name} is refused`, () => {
    const error = refusal(options)
    assert.ok(error instanceof ContractError)
    assert.equal(error.code, 'INVALID_CONTRACT')
    assert.equal(error.name, 'ContractError')
    assert.equal(error.path, path)
    assert.doesNotMatch(error.message, /\n/)
  })
}

test('mistakes in the options stay policy errors', () => {
  const cases = [
    [{ ...fuzekeys, audiance: 'x' }, '/options/audiance'],
    [{ ...fuzekeys, issuers: [] }, '/contract'],
    [{ ...fuzekeys, clock: 5 }, '/clock'],
    [{ ...fuzekeys, contract: undefined }, '/issuers/0/app'],
  ]
  for (const [options, path] of cases) {
    const error = refusal(options)
    assert.equal(error instanceof ContractError, false)
    assert.equal(error.code, 'INVALID_POLICY')
    assert.equal(error.path, path)
  }
})
