// Node and Python replicas on one Redis: whoever comes first fetches for all, whatever language it is written in.
// Usage: node tests/store/mixed.mjs. AUTHN_PYTHON names a Python that has the Python host's development extra.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { JWKS, setUp } from '../../host-node/tests/support/keyring.mjs'
import { skip, startRedis } from '../../host-node/tests/support/redis.mjs'
import { NOW } from '../../host-node/tests/support/tokens.mjs'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const python = process.env.AUTHN_PYTHON ?? 'python3'
const env = { ...process.env, PYTHONPATH: path('../../host-python/src') }

async function replica(language, task) {
  const [command, script] =
    language === 'node'
      ? [process.execPath, path('../../host-node/tests/support/replica.mjs')]
      : [python, path('replica.py')]
  const { stdout } = await promisify(execFile)(command, [script, JSON.stringify(task)], { env, timeout: 60_000 })
  return JSON.parse(stdout)
}

for (const first of ['node', 'python', undefined]) {
  const name = first === undefined ? 'started together' : `started after one in ${first}`
  test(`three Node and three Python replicas, ${name}, make one fetch`, { skip }, async (t) => {
    const { issuer, entry, token } = await setUp(t)
    const { port } = await startRedis(t)
    const task = { options: entry, now: NOW, token, redis: port }
    const results = first === undefined ? [] : [await replica(first, { ...task, sync: true })]
    const languages = ['node', 'python', 'node', 'python', 'node', 'python']
    const fleet = languages.map((language, index) => replica(language, { ...task, sync: index % 4 === 1 }))
    results.push(...(await Promise.all(fleet)))
    assert.ok(results.every(({ ok }) => ok), JSON.stringify(results))
    const outcomes = results.flatMap(({ outcomes }) => outcomes).sort()
    assert.deepEqual(outcomes, ['ok', ...Array(results.length - 1).fill('shared')])
    assert.equal(issuer.count(JWKS), 1)
  })
}
