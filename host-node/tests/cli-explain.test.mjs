// `explain` from the command line: the trace as people read it, and as JSON.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './support/cli.mjs'
import { AUDIENCE, ISSUER, claims, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const files = { 'keys.json': JSON.stringify(jwks(key)) }
const policy = ['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', 'keys.json']
const explain = (token, ...more) => run(['explain', token, ...policy, ...more], { files })
const HOLDS = /\n✓ 4\.4 +signature\n── the signature holds: /

test('an accepted token has no failed step, and shows no claim', async () => {
  const { code, stdout } = await explain(mint(key))
  assert.equal(code, 0)
  assert.match(stdout, /^ACCEPTED\n\n/)
  assert.match(stdout, HOLDS)
  assert.match(stdout, /\n✓ 3\.2 +audience +expected fuzekeys-oidc-client\n/)
  assert.doesNotMatch(stdout, /✗|user-1/)
})

test('a failed step says code, claim, and what was found if asked to', async () => {
  const token = mint(key, claims({ aud: 'other-app' }))
  const hidden = await explain(token)
  assert.equal(hidden.code, 1)
  assert.match(hidden.stdout, /\n✗ 3\.2 +audience +INVALID_AUDIENCE; aud: expected fuzekeys-oidc-client\n/)
  assert.match(hidden.stdout, /Values of claims are hidden; --values shows them\.\n$/)
  const shown = await explain(token, '--values')
  assert.match(shown.stdout, /INVALID_AUDIENCE; aud: found other-app,\s+expected\s+fuzekeys-oidc-client\n/)
  assert.match(shown.stdout, /\n✓ 9\.1 +subject +user-1\n/)
})

test('behind a signature that was not verified, a pass is only a claim', async () => {
  const { stdout } = await explain(mint(makeKey('k2')))
  assert.match(stdout, /\n✗ 8\.6 +key +UNKNOWN_KEY; /)
  assert.match(stdout, /\n· 4\.4 +signature .*\n── not verified: /)
  assert.doesNotMatch(stdout, HOLDS)
})

test('lines keep to 80 columns', async () => {
  for (const token of [mint(key), mint(key, claims({ aud: ['a'.repeat(30), 'b'.repeat(30)] })), 'x', 'a.b.c']) {
    for (const line of (await explain(token, '--values')).stdout.split('\n')) assert.ok(line.length <= 80, line)
  }
})

test('the JSON has the steps of the module, and its verdict only with --values', async () => {
  for (const [token, verdict] of [
    [mint(key), { verdict: 'accepted' }],
    ['x', { verdict: 'rejected', code: 'MALFORMED', status: 401 }],
  ]) {
    const hidden = JSON.parse((await explain(token, '--json')).stdout)
    const { message, ...rest } = hidden.verdict
    assert.deepEqual(rest, verdict)
    assert.equal(message === undefined, verdict.verdict === 'accepted')
    const shown = JSON.parse((await explain(token, '--json', '--values')).stdout)
    assert.equal(shown.verdict.verdict, verdict.verdict)
    assert.deepEqual(
      shown.steps.map(({ step, status }) => [step, status]),
      hidden.steps.map(({ step, status }) => [step, status]),
    )
    assert.equal('details' in shown.verdict || 'identity' in shown.verdict, true)
    assert.equal(JSON.stringify(hidden).includes('user-1'), false)
  }
})

test('without keys the trace says so', async () => {
  const argv = ['explain', mint(key), '--issuer', ISSUER, '--audience', AUDIENCE]
  const { code, stdout } = await run(argv)
  assert.equal(code, 3)
  assert.match(stdout, /^NO VERDICT {2}JWKS_UNAVAILABLE\n/)
  assert.match(stdout, /\nNo keys: cannot fetch `https:\/\/id\.example\/\.well-known\/openid-configuration`: /)
})
