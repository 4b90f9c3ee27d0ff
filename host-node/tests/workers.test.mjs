// Several processes, several threads: each has an instance and keys of its own, and fetches once; with a store, one
// of them fetches for all.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { JWKS, setUp } from './support/keyring.mjs'
import { skip, startRedis } from './support/redis.mjs'
import { NOW } from './support/tokens.mjs'

const script = fileURLToPath(new URL('support/replica.mjs', import.meta.url))
const COUNT = 3

async function inProcess(task) {
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(task)], { timeout: 60_000 })
  return JSON.parse(stdout)
}

function inThread(task) {
  return new Promise((resolve, reject) => {
    new Worker(script, { workerData: task }).once('message', resolve).once('error', reject)
  })
}

for (const [name, run] of [
  ['process', inProcess],
  ['thread', inThread],
]) {
  test(`each ${name} fetches once`, async (t) => {
    const { issuer, entry, token } = await setUp(t)
    const replicas = Array.from({ length: COUNT }, () => run({ options: entry, now: NOW, token }))
    assert.deepEqual(await Promise.all(replicas), Array(COUNT).fill({ ok: true, outcomes: ['ok'] }))
    assert.equal(issuer.count(JWKS), COUNT)
  })

  test(`with a store, one ${name} fetches for all`, { skip }, async (t) => {
    const { issuer, entry, token } = await setUp(t)
    const { port } = await startRedis(t)
    const replicas = Array.from({ length: COUNT }, () => run({ options: entry, now: NOW, token, redis: port }))
    const results = await Promise.all(replicas)
    assert.ok(results.every(({ ok }) => ok))
    assert.deepEqual(results.flatMap(({ outcomes }) => outcomes).sort(), ['ok', ...Array(COUNT - 1).fill('shared')])
    assert.equal(issuer.count(JWKS), 1)
  })
}
