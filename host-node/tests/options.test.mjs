// Options that are refused, and by which words.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolicyError, createVerifier, familyContract } from '../build/index.js'
import { AUDIENCE, ISSUER, clock, jwks, makeKey } from './support/tokens.mjs'

const keys = jwks(makeKey('k1'))
const good = { issuer: ISSUER, audience: AUDIENCE, keys }
const legacy = { mode: 'legacy-hs256', secret: 'x'.repeat(32), issuer: null, audience: null }

function refusal(options) {
  try {
    createVerifier(options)
  } catch (error) {
    assert.ok(error instanceof PolicyError && error instanceof Error, String(error))
    assert.equal(error.code, 'INVALID_POLICY')
    assert.doesNotMatch(error.message, /\n/)
    return error
  }
  assert.fail(`accepted: ${JSON.stringify(options)}`)
}

const CASES = {
  'no options': [undefined, ''],
  'options that are a string': ['x', ''],
  'a missing issuer': [{ audience: AUDIENCE, keys }, '/issuers/0/issuer'],
  'a missing audience': [{ issuer: ISSUER, keys }, '/issuers/0/audience'],
  'an audience that is undefined': [{ issuer: ISSUER, audience: undefined, keys }, '/issuers/0/audience'],
  'an audience that is null': [{ ...good, audience: null }, '/issuers/0/audience'],
  'an empty audience': [{ ...good, audience: '' }, '/issuers/0/audience'],
  'no audiences': [{ ...good, audience: [] }, '/issuers/0/audience'],
  'an issuer that is null': [{ ...good, issuer: null }, '/issuers/0/issuer'],
  'a misspelt option': [{ ...good, audiance: 'x' }, '/issuers/0/audiance'],
  'a name of the policy document': [{ ...good, jwks_uri: 'https://id.example/jwks' }, '/issuers/0/jwks_uri'],
  'an option that every object has': [{ ...good, toString: 'x' }, '/issuers/0/toString'],
  'a misspelt option of an entry': [{ issuers: [good, { ...legacy, 'a/b~': 1 }] }, '/issuers/1/a~1b~0'],
  'an entry option beside entries': [{ issuers: [good], leeway: 5 }, '/leeway'],
  'a misspelt option beside entries': [{ issuers: [good], clok: clock }, '/clok'],
  'no entries': [{ issuers: [] }, '/issuers'],
  'entries that are no list': [{ issuers: good }, '/issuers'],
  'an entry that is a string': [{ issuers: ['x'] }, '/issuers/0'],
  'a leeway above 300': [{ ...good, leeway: 301 }, '/issuers/0/leeway'],
  'a leeway that is no number': [{ ...good, leeway: NaN }, '/issuers/0/leeway'],
  'a leeway that is a string': [{ ...good, leeway: '5' }, '/issuers/0/leeway'],
  'an algorithm that is none': [{ ...good, algorithms: ['none'] }, '/issuers/0/algorithms/0'],
  'HS256 without legacy mode': [{ ...good, algorithms: ['HS256'] }, '/issuers/0/algorithms/0'],
  'plain http': [{ issuer: ISSUER, audience: AUDIENCE, jwksUri: 'http://id.example/jwks' }, '/issuers/0/jwks_uri'],
  'keys and jwksUri': [{ ...good, jwksUri: 'https://id.example/jwks' }, '/issuers/0/keys'],
  'a secret without legacy mode': [{ ...good, secret: 'x'.repeat(32) }, '/issuers/0/secret'],
  'a short secret': [{ ...legacy, secret: 'x'.repeat(31) }, '/issuers/0/secret'],
  'a secret that is a number': [{ ...legacy, secret: 5 }, '/issuers/0/secret'],
  'a clock that is a number': [{ ...good, clock: 5 }, '/clock'],
  'a fetch that is null': [{ ...good, fetch: null }, '/fetch'],
  'a hook that is a string': [{ ...good, isRevoked: 'x' }, '/isRevoked'],
  'a value without JSON form': [{ ...good, leeway: 5n }, ''],
  'an audience that is a function': [{ ...good, audience: () => 'x' }, '/issuers/0/audience'],
  'keys beyond the buffer': [{ ...good, keys: { keys: ['x'.repeat(600_000)] } }, ''],
}

for (const [name, [options, path]] of Object.entries(CASES)) {
  test(`${name} is refused`, () => assert.equal(refusal(options).path, path))
}

test('the message names the fault', () => {
  assert.match(refusal({ ...good, audiance: 'x' }).message, /audiance.*known are.*audience/)
  assert.match(refusal({ issuer: ISSUER, keys }).message, /`\/issuers\/0\/audience` is missing/)
})

test('the message names every option that may stand there, and no other', () => {
  const known = (options) => refusal(options).message.split('known are ')[1].split(', ')
  const verifier = ['clock', 'fetch', 'insecureHosts', 'isRevoked', 'resolve']
  const includes = (list, names) => assert.deepEqual([names.filter((name) => !list.includes(name)), list], [[], list])
  const single = known({ ...good, clok: clock })
  includes(single, [...verifier, 'audience', 'contract', 'issuer', 'issuers', 'jwksUri', 'leeway'])
  assert.deepEqual(single, [...new Set(single)].sort())
  includes(known({ issuers: [good], clok: clock }), [...verifier, 'issuers'])
  assert.equal(known({ issuers: [good], clok: clock }).includes('audience'), false)
  assert.equal(known({ issuers: [{ ...good, clok: clock }] }).includes('clock'), false)
  const ofContract = known({ contract: familyContract(), app: 'fuzekeys', clok: clock })
  includes(ofContract, [...verifier, 'app', 'environment', 'leeway'])
  assert.equal(ofContract.includes('audience'), false)
})

test('a message holds no secret', () => {
  const { message } = refusal({ ...legacy, secret: 'hunter2' })
  assert.doesNotMatch(message, /hunter2|aHVudGVyMg/)
})

test('options that are undefined are not given', () => {
  createVerifier({
    ...good,
    leeway: undefined,
    clock: undefined,
    fetch: undefined,
    algorithms: undefined,
    jwksUri: undefined,
  })
})

test('every option reaches the policy', () => {
  const more = {
    algorithms: ['ES256'],
    types: ['at+jwt'],
    leeway: 5,
    maxAge: 60,
    requiredClaims: ['sid'],
    claimValues: { tid: ['a'] },
    requiredScopes: ['read'],
    authorizedParties: ['app'],
    kinds: ['user'],
    machineClients: ['job'],
    claims: { subject: 'uid' },
  }
  const plain = createVerifier(good).fingerprint
  const prints = Object.entries(more).map(([name, value]) => createVerifier({ ...good, [name]: value }).fingerprint)
  const remote = { issuer: ISSUER, audience: AUDIENCE }
  prints.push(
    createVerifier({ ...remote, jwksUri: 'https://id.example/jwks' }).fingerprint,
    createVerifier(remote).fingerprint,
    createVerifier({ ...remote, staleCap: 60 }).fingerprint,
    createVerifier({ ...remote, insecureHosts: ['idp:9000'] }).fingerprint,
  )
  assert.equal(new Set([plain, ...prints]).size, prints.length + 1)
  for (const print of prints) assert.match(print, /^[0-9a-f]{64}$/)
})

test('the same policy has the same fingerprint, in whatever order it is written', () => {
  const { issuer, audience } = good
  const a = createVerifier({ issuer, audience: [audience, 'b'], keys, algorithms: ['RS256', 'ES256'] })
  const b = createVerifier({ algorithms: ['ES256', 'RS256'], keys, clock, audience: ['b', audience], issuer: [issuer] })
  assert.equal(a.fingerprint, b.fingerprint)
})

test('later changes of the options change nothing', async () => {
  const options = { ...good, clock: () => NaN }
  const verifier = createVerifier(options)
  options.clock = clock
  assert.equal((await verifier.check('a.b.c')).error.details.reason, 'clock')
})
