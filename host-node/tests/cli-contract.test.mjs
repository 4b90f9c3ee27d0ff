// `contract check` and `digest` from the command line.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { run } from './support/cli.mjs'

const text = await readFile(new URL('../../docs/contract/fuzefront.v1.json', import.meta.url), 'utf8')
const family = JSON.parse(text)
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

test('the family contract is sound, and every app stands in the table', async () => {
  for (const argv of [
    ['contract', 'check'],
    ['contract', 'check', 'family'],
    ['contract', 'check', 'own.json'],
  ]) {
    const { code, stdout } = await run(argv, { files: { 'own.json': text } })
    assert.equal(code, 0)
    assert.ok(stdout.startsWith(`SOUND  fuzefront ${family.version}\n`), stdout)
    for (const app of Object.keys(family.apps)) assert.match(stdout, new RegExp(`^${app} `, 'm'))
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
  }
})

test('the policy of an app is shown', async () => {
  const argv = ['contract', 'check', '--app', 'fuzekeys', '--environment', 'production']
  const { code, stdout } = await run(argv)
  assert.equal(code, 0)
  assert.match(stdout, /^audience +fuzekeys-oidc-client$/m)
  const json = JSON.parse((await run([...argv, '--json'])).stdout)
  assert.deepEqual(json.policy.issuers[0].audience, ['fuzekeys-oidc-client'])
})

test('a contract that is refused is a finding, with the path of its fault', async () => {
  const files = { 'own.json': JSON.stringify({ ...family, extra: 1 }) }
  const { code, stdout, stderr } = await run(['contract', 'check', 'own.json'], { files })
  assert.equal(code, 1)
  assert.equal(stderr, '')
  assert.match(stdout, /^REFUSED\n`\/extra` /)
  const json = await run(['contract', 'check', 'own.json', '--json'], { files })
  assert.equal(json.code, 1)
  assert.equal(JSON.parse(json.stdout).error.code, 'INVALID_CONTRACT')
})

test('digest names the module and the contract that are installed', async () => {
  const wasm = await readFile(new URL('../../pkg/authn.wasm', import.meta.url))
  const { code, stdout } = await run(['digest'])
  assert.equal(code, 0)
  assert.ok(stdout.includes(sha256(wasm)))
  assert.ok(stdout.includes(sha256(text)))
  const json = JSON.parse((await run(['digest', '--json'])).stdout)
  assert.equal(json.module_sha256, sha256(wasm))
  assert.deepEqual(json.contract, { name: family.name, version: family.version, sha256: sha256(text) })
})
