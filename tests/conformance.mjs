// Runs tests/vectors/*.json through the engine of the built npm package: same policies, offers, tokens and times,
// and the answers must be the same bytes as in every other runtime.
// Usage: node tests/conformance.mjs [folder of vectors]. Exits 1 on a failure, and when there is nothing to run.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Engine } from '../pkg/esm/engine.js'

const FORMS = { token: 0, authorization: 1 }
const folder = process.argv[2] ?? fileURLToPath(new URL('vectors', import.meta.url))
const tally = { passed: 0, failed: 0, skipped: 0 }
const all = createHash('sha256')
const engine = new Engine()

for (const name of vectorFiles()) {
  const file = JSON.parse(readFileSync(join(folder, name), 'utf8'))
  if (file.schema !== 'fuzefront-authn-vectors-v1') fail(name, `unknown schema \`${file.schema}\``)
  else for (const group of file.groups) runGroup(`${name} ${group.id}`, group)
}

if (tally.passed + tally.failed === 0) fail(folder, 'no vectors to run')
console.log(`conformance node: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`)
console.log(`verdicts sha256: ${all.digest('hex')}`)
process.exitCode = tally.failed === 0 ? 0 : 1

function vectorFiles() {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : []
}

function runGroup(id, group) {
  const opened = engine.open(JSON.stringify(group.policy))
  if (group.open_error !== undefined) {
    const text = new TextDecoder().decode(engine.lastAnswer())
    all.update(engine.lastAnswer())
    same(id, text, JSON.stringify(group.open_error))
  }
  if ('error' in opened) {
    if (group.open_error === undefined) fail(id, `the policy is refused: ${opened.error.message}`)
    return
  }
  for (const offer of group.offers ?? []) makeOffer(id, opened.verifier, offer)
  for (const one of group.cases ?? []) runCase(opened.verifier, one)
  engine.close(opened.verifier)
}

function makeOffer(id, verifier, { issuer, what, now, max_age, ...input }) {
  const offer = { issuer, what, body: bytesOf('body', input), now, maxAge: max_age ?? -1, jitter: 0 }
  const answer = engine.offer(verifier, offer)
  if (answer.result === 'refused' && input.refused !== answer.reason) fail(id, `an offer is refused: ${answer.reason}`)
}

function runCase(verifier, { id, form, now, verdict, verdict_sha256: expected, ...input }) {
  engine.verifyBytes(verifier, FORMS[form], now, bytesOf('input', input))
  const bytes = engine.lastAnswer()
  all.update(bytes)
  const actual = createHash('sha256').update(bytes).digest('hex')
  if (actual === expected) tally.passed++
  else fail(id, `expected ${JSON.stringify(verdict)}\n    got      ${new TextDecoder().decode(bytes)}`)
}

function bytesOf(name, input) {
  const base64 = input[`${name}_base64`]
  return base64 === undefined ? Buffer.from(input[name], 'utf8') : Buffer.from(base64, 'base64')
}

function same(id, actual, expected) {
  if (actual === expected) tally.passed++
  else fail(id, `expected ${expected}\n    got      ${actual}`)
}

function fail(id, why) {
  tally.failed++
  console.error(`FAILED ${id}: ${why}`)
}
