// The examples of docs/cli.md and of the front page, run as they stand: what they show is what comes out, byte for byte.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { run } from './support/cli.mjs'

const root = new URL('../../', import.meta.url)
const examples = [...(await examplesOf('docs/cli.md')), ...(await examplesOf('README.md'))]
const files = await exampleFiles()

async function examplesOf(page) {
  const text = await readFile(new URL(page, root), 'utf8')
  const found = [...text.matchAll(/^```console\n\$ authn (.*)\n([^]*?)^```/gm)]
  assert.ok(found.length > 0, page)
  return found.map(([, line, expected]) => ({ page, line, expected }))
}

/** The files that the examples name: tokens and keys of the shared vectors, and a document of an issuer. */
async function exampleFiles() {
  const vector = async (file, id) => {
    const { groups } = JSON.parse(await readFile(new URL(`tests/vectors/${file}.json`, root), 'utf8'))
    const group = groups.find(({ cases = [] }) => cases.some((one) => one.id === id))
    return { token: group.cases.find((one) => one.id === id).input, keys: group.calls[1].payload.split('\n').slice(1).join('\n') }
  }
  const good = await vector('identity', 'identity/claims-full')
  const { token } = await vector('audience', 'audience/aud-other')
  return {
    token: good.token,
    'other.token': token,
    'keys.json': good.keys,
    'discovery.json': '{"issuer":"https://id.example","jwks_uri":"https://id.example/jwks/"}',
  }
}

test('there are examples', () => assert.ok(examples.length >= 6, String(examples.length)))

for (const { page, line, expected } of examples) {
  test(`${page}: authn ${line}`, async () => {
    const { stdout, stderr } = await run(line.split(' '), { files })
    assert.equal(stdout + stderr, expected)
  })
}
