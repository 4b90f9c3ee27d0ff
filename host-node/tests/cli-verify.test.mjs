// `verify` from the command line: verdicts, exit codes, and where keys come from.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from './support/cli.mjs'
import { startIssuer } from './support/issuer.mjs'
import { AUDIENCE, ISSUER, NOW, claims, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const files = { 'keys.json': JSON.stringify(jwks(key)) }
const policy = ['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', 'keys.json']
const verify = (token, more = [], io = {}) => run(['verify', token, ...policy, ...more], { files, ...io })

test('an accepted token shows whom it speaks for', async () => {
  const token = mint(key, claims({ roles: ['admin', 'editor'], scope: 'read' }))
  const { code, stdout, stderr } = await verify(token)
  assert.equal(code, 0)
  assert.equal(stderr, '')
  assert.equal(
    stdout,
    [
      'ACCEPTED',
      '',
      'user     user-1',
      'tenant   none',
      'roles    admin, editor',
      'issuer   https://id.example/',
      'issued   2023-11-14T22:13:10Z, 10 s ago',
      'expires  2023-11-14T22:23:20Z, in 10 min',
      'mode     federated-jwks',
      'kind     user',
      'scopes   read',
      'signed   ES256, key k1',
      'keys     static, generation 0',
      '',
    ].join('\n'),
  )
})

test('a rejected token shows what was expected and found', async () => {
  const { code, stdout } = await verify(mint(key, claims({ exp: NOW - 100_000 })))
  assert.equal(code, 1)
  assert.equal(
    stdout,
    [
      'REJECTED  EXPIRED',
      'the token has expired',
      '',
      'status  401',
      'claim   exp',
      `found   ${NOW - 100_000} (2023-11-13T18:26:40Z, 27 h ago)`,
      'now     2023-11-14T22:13:20Z',
      'leeway  60 s',
      '',
    ].join('\n'),
  )
})

test('the JSON is the verdict of the module, one line', async () => {
  const good = await verify(mint(key), ['--json'])
  assert.equal(JSON.parse(good.stdout).identity.userId, 'user-1')
  assert.match(good.stdout, /^[^\n]+\n$/)
  const bad = await verify('x', ['--json'])
  assert.equal(bad.code, 1)
  assert.equal(JSON.parse(bad.stdout).code, 'MALFORMED')
})

test('keys are fetched, and their absence is no verdict', async (t) => {
  const issuer = await startIssuer(t, { keys: jwks(key) })
  const token = mint(key, claims({ iss: issuer.url }))
  const argv = ['verify', token, '--issuer', issuer.url, '--audience', AUDIENCE]
  assert.equal((await run(argv, { fetch })).code, 0)
  assert.equal((await run([...argv, '--jwks-uri', issuer.jwksUri], { fetch })).code, 0)
  await issuer.stop()
  const { code, stdout } = await run(argv, { fetch })
  assert.equal(code, 3)
  assert.match(stdout, /^NO VERDICT {2}JWKS_UNAVAILABLE\n/)
  assert.match(stdout, /\ncause .*127\.0\.0\.1/)
  const json = await run([...argv, '--json'], { fetch })
  assert.equal(json.code, 3)
  assert.equal(JSON.parse(json.stdout).code, 'JWKS_UNAVAILABLE')
})

test('without a network the verdict in waiting counts', async () => {
  const argv = ['verify', mint(key), '--issuer', ISSUER, '--audience', AUDIENCE, '--json']
  const { code, stdout } = await run(argv)
  assert.equal(code, 3)
  assert.equal(JSON.parse(stdout).code, 'JWKS_UNAVAILABLE')
  assert.doesNotMatch(stdout, /keys_needed/)
})

test('the clock, leeway and algorithms are options', async () => {
  const token = mint(key)
  assert.equal((await verify(token, ['--now', String(NOW + 640)])).code, 0)
  assert.equal((await verify(token, ['--now', String(NOW + 640), '--leeway', '0'])).code, 1)
  assert.match((await verify(token, ['--algorithms', 'RS256,PS256'])).stdout, /ALGORITHM_NOT_ALLOWED/)
  assert.equal((await verify(token, ['--algorithms=RS256,ES256'])).code, 0)
})

test('several issuers and audiences may be named', async () => {
  const argv = ['--issuer', 'https://old.example/', '--audience', 'other']
  assert.equal((await verify(mint(key), argv)).code, 0)
})

test('a policy file counts as it stands', async () => {
  const entry = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key), required_claims: ['sid'] }
  const given = { ...files, 'policy.json': JSON.stringify({ issuers: [entry] }) }
  const argv = ['verify', mint(key), '--policy', 'policy.json']
  assert.match((await run(argv, { files: given })).stdout, /REJECTED {2}MISSING_CLAIM/)
})

test('a contract makes the policy', async () => {
  const iss = 'https://app.fuzefront.com/application/o/fuzekeys/'
  const rsa = makeKey('k1', 'RS256')
  const token = mint(rsa, claims({ iss, azp: AUDIENCE }))
  const argv = ['verify', token, '--contract', 'family', '--app', 'fuzekeys', '--keys', 'keys.json']
  const given = { files: { 'keys.json': JSON.stringify(jwks(rsa)) } }
  assert.equal((await run([...argv, '--environment', 'production'], given)).code, 0)
  assert.match((await run([...argv, '--environment', 'local'], given)).stdout, /INVALID_ISSUER/)
})

test('what a token holds cannot steer the terminal', async () => {
  const { stdout } = await verify(mint(key, claims({ sub: 'a\u001b[2J\u202eb\u009b' })))
  assert.match(stdout, /user +a\\u\{1b\}\[2J\\u\{202e\}b\\u\{9b\}\n/)
})

test('neither the token nor its signature is printed', async () => {
  for (const token of [mint(key), mint(key, claims({ exp: 1 })), mint(makeKey('k9'))]) {
    for (const command of ['verify', 'inspect', 'explain']) {
      const argv = command === 'inspect' ? [command, token] : [command, token, ...policy]
      for (const more of [[], ['--json']]) {
        const { stdout, stderr } = await run([...argv, ...more], { files })
        for (const part of token.split('.')) assert.equal((stdout + stderr).includes(part), false, argv[0])
      }
    }
  }
})
