// `doctor` from the command line: exit codes, layout, and what is read instead of fetched.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './support/cli.mjs'
import { startIssuer } from './support/issuer.mjs'
import { AUDIENCE, ISSUER, NOW, claims, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1', 'RS256')
// The issuer's clock stands still with that of the tests.
const headers = { date: new Date(NOW * 1000).toUTCString() }
const policy = (issuer) => ['--issuer', issuer, '--audience', AUDIENCE, '--algorithms', 'RS256']

test('a sound issuer is healthy', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key), headers })
  const token = mint(key, claims({ iss: issuer.url }))
  const { code, stdout } = await run(['doctor', token, ...policy(issuer.url)], { fetch })
  assert.equal(code, 0)
  assert.match(stdout, /^HEALTHY {2}no error and no warning was found/)
})

test('a finding has what, why, remedy and evidence, within 80 columns', async (t) => {
  const issuer = await startIssuer(t, { keys: {}, headers })
  const { code, stdout } = await run(['doctor', ...policy(issuer.url)], { fetch })
  assert.equal(code, 1)
  assert.match(stdout, /^FINDINGS {2}1 error\n\nERROR {2}no_signing_key {2}http/)
  for (const label of ['what   ', 'why   ', 'remedy', 'evidence']) assert.match(stdout, new RegExp(`^  ${label}`, 'm'))
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80 || !line.trim().includes(' '), line)
})

test('files stand in for the network', async () => {
  const files = { discovery: JSON.stringify({ issuer: ISSUER.slice(0, -1), jwks_uri: `${ISSUER}jwks` }), keys: '{}' }
  const argv = ['doctor', ...policy(ISSUER), '--discovery', 'discovery', '--key-set', 'keys']
  const { code, stdout } = await run(argv, { files })
  assert.equal(code, 1)
  assert.match(stdout, /ERROR {2}no_signing_key/)
  assert.match(stdout, /^ {4}shown +expected https:\/\/id.example\/\n {14}found {4}https:\/\/id.example\n +\^/m)
  assert.equal((await run(['doctor', '--key-set', 'none'])).code, 2)
})

test('offline says what was not looked at, and does not call that healthy', async () => {
  const { code, stdout } = await run(['doctor', ...policy(ISSUER), '--offline'])
  assert.equal(code, 0)
  assert.match(stdout, /^NOTHING FOUND/)
  assert.match(stdout, /Not looked at\n {2}discovery {2}https:\/\/id.example\/.well-known\/openid-configuration\n$/)
})

test('the JSON is the answer of the module', async () => {
  const { code, stdout } = await run(['doctor', ...policy(ISSUER), '--offline', '--json'])
  assert.equal(code, 0)
  assert.equal(JSON.parse(stdout).wanted[0].what, 'discovery')
})

test('a token is not printed, nor what stands in its claims', async () => {
  const token = mint(key, claims({ iss: 'https://other.example/', email: 'secret@id.example' }))
  for (const more of [[], ['--json']]) {
    const { stdout } = await run(['doctor', token, ...policy(ISSUER), '--offline', ...more])
    assert.doesNotMatch(stdout, /secret@id/)
    for (const part of token.split('.')) assert.equal(stdout.includes(part), false)
  }
})
