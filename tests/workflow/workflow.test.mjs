// What must hold of every workflow: it is valid YAML without doubled keys, has the least permissions, and runs only what
// it pins. And the notice is started by the right events, with every variable that its script reads.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, '.github/workflows')
const read = (name) => parse(readFileSync(join(folder, name), 'utf8'), { strict: true, uniqueKeys: true })

for (const name of readdirSync(folder)) {
  test(`${name}: nothing is allowed that a job does not ask for`, () => {
    const workflow = read(name)
    assert.deepEqual(workflow.permissions, {})
    for (const job of Object.values(workflow.jobs)) {
      assert.ok(job.permissions, 'a job says what it may do')
      assert.ok(job['timeout-minutes'] <= 120)
    }
  })

  test(`${name}: actions are pinned to a commit, scripts exist`, () => {
    const steps = Object.values(read(name).jobs).flatMap((job) => job.steps)
    for (const { uses, run } of steps) {
      if (uses) assert.match(uses, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/)
      for (const [path] of (run ?? '').matchAll(/\.github\/scripts\/[\w.-]+/g)) assert.ok(existsSync(join(root, path)), path)
      // What an event says must not become part of a command.
      assert.doesNotMatch(run ?? '', /\$\{\{/)
    }
  })
}

test('the notice is started by contract tags and by deployments that succeed', () => {
  const { on, jobs } = read('contract-notice.yml')
  assert.deepEqual(on, { push: { tags: ['contract-v*'] }, deployment_status: null })
  assert.equal(jobs.notice.if, "github.event_name == 'push' || github.event.deployment_status.state == 'success'")
  assert.deepEqual(jobs.notice.permissions, { contents: 'read', issues: 'write' })
})

// GitHub keeps one run waiting per group and drops the others, so two things to tell must never share a group.
test('no event can push the notice of another out of the queue', () => {
  const { concurrency, jobs } = read('contract-notice.yml')
  assert.equal(concurrency['cancel-in-progress'], false)
  assert.equal(jobs.notice.concurrency, undefined)
  const deployed = (sha, environment, state) => ({
    event_name: 'deployment_status',
    ref: 'refs/heads/main',
    event: { deployment: { sha, environment }, deployment_status: { state } },
  })
  const events = [
    ...['1.0.0', '1.1.0'].map((version) => ({ event_name: 'push', ref: `refs/tags/contract-v${version}`, event: {} })),
    ...['a1', 'b2'].flatMap((sha) =>
      ['production', 'preview'].flatMap((environment) =>
        ['queued', 'in_progress', 'success'].map((state) => deployed(sha, environment, state)),
      ),
    ),
  ]
  const groups = events.map((github) => groupOf(concurrency.group, github))
  assert.equal(new Set(groups).size, events.length, groups.join('\n'))
  assert.equal(groupOf(concurrency.group, events[0]), groups[0])
})

// The expressions of a group: names joined by `||`, an absent one being the empty text.
function groupOf(group, github) {
  const value = (name) => name.split('.').reduce((at, part) => at?.[part], { github }) ?? ''
  return group.replace(/\$\{\{([^}]*)\}\}/g, (_, names) => names.split('||').map((name) => value(name.trim())).find(Boolean) ?? '')
}

test('the notice gets every variable that its script reads, and the whole history', () => {
  const { checkout, script } = stepsOfNotice()
  assert.equal(checkout.with['fetch-depth'], 0)
  assert.equal(checkout.with['persist-credentials'], false)
  const text = readFileSync(join(root, '.github/scripts/contract-notice.mjs'), 'utf8')
  const names = new Set(text.match(/\bCONTRACT_NOTICE_[A-Z]+\b/g))
  for (const name of names) assert.equal(script.env[name], `\${{ vars.${name} }}`)
  assert.deepEqual(new Set(Object.keys(script.env)), new Set([...names, 'GITHUB_TOKEN']))
})

function stepsOfNotice() {
  const [checkout, script] = read('contract-notice.yml').jobs.notice.steps
  return { checkout, script }
}

test('ci runs the two commands of the front page on both systems and on every version that is promised', () => {
  const { on, jobs } = read('ci.yml')
  assert.ok('pull_request' in on && on.schedule.length === 1)
  const { matrix } = jobs.test.strategy
  assert.deepEqual(matrix.os, ['ubuntu-latest', 'macos-latest'])
  assert.deepEqual(matrix.versions, [
    { node: '20', python: '3.9' },
    { node: '22', python: '3.11' },
    { node: '24', python: '3.13' },
  ])
  const commands = (job) => jobs[job].steps.flatMap(({ run }) => run ?? [])
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const promised = [...readme.matchAll(/^(cargo xtask \w+) +#/gm)].map(([, command]) => command)
  assert.equal(promised.length, 2)
  for (const command of promised) assert.ok(commands('test').includes(command), command)
  assert.ok(commands('compare').includes('cargo xtask compare'))
  assert.ok(commands('crates').some((command) => command.startsWith('cargo deny ')))
  for (const job of ['compare', 'crates']) assert.match(jobs[job].if, /schedule/)
  for (const { steps } of Object.values(jobs)) assert.equal(steps[0].with['persist-credentials'], false)
})
