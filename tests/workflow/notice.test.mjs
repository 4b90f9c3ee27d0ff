// The contract notice: a repository in a temporary folder, a loopback server in place of the API, and the script as
// the workflow runs it.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../.github/scripts/contract-notice.mjs', import.meta.url))
const filesOf = (version) => ({
  'v1.md': '# The contract\n',
  'contract.schema.json': '{}\n',
  'fuzefront.v1.json': `{ "version": "${version}" }\n`,
})
const sha256 = (text) => createHash('sha256').update(text).digest('hex')
const DIGEST = sha256(filesOf('1.0.0')['fuzefront.v1.json'])
const BOT = { login: 'github-actions[bot]' }
const TAG_PUSHED = { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/tags/contract-v1.0.0' }

let folder, server, said, refuse

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'authn-notice-'))
  git('init', '-q', '-b', 'main')
  said = []
  refuse = undefined
  server = createServer(answer)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

test('a pushed tag is told with version, digest, changelog entry and links', async () => {
  freeze()
  const { code, output } = await run(TAG_PUSHED)
  assert.equal(code, 0, output)
  assert.equal(said.length, 1)
  const { body } = said[0]
  for (const part of [
    '@requester: the token contract **1.0.0** is frozen',
    `\`docs/contract/fuzefront.v1.json\` | \`${DIGEST}\``,
    '> - The first one.',
    'https://github.com/owner/name/tree/contract-v1.0.0',
    'https://github.com/owner/name/blob/contract-v1.0.0/docs/contract/v1.md',
  ]) {
    assert.ok(body.includes(part), `${part}\n${body}`)
  }
  assert.ok(!body.includes('0.9.0'), 'the entry of another version is not part of it')
})

test('the same tag twice is told once, however many comments lie between', async () => {
  freeze()
  await run(TAG_PUSHED)
  for (let index = 0; index < 150; index += 1) said.unshift({ body: `chatter ${index}`, user: { login: 'somebody' } })
  const { code, output } = await run(TAG_PUSHED)
  assert.equal(code, 0)
  assert.match(output, /said before/)
  assert.equal(said.length, 151)
})

test('a marker in the comment of somebody else silences nothing', async () => {
  freeze()
  said.push({ body: '<!-- contract-notice frozen contract-v1.0.0 -->', user: { login: 'somebody' } })
  await run(TAG_PUSHED)
  assert.equal(said.length, 2)
})

test('a successful deployment is told once, after the tag', async () => {
  const sha = freeze()
  await run(TAG_PUSHED)
  for (let time = 0; time < 2; time += 1) await run(deployment({ sha }))
  assert.equal(said.length, 2)
  assert.match(said[1].body, /^<!-- contract-notice deployed contract-v1\.0\.0 production -->/)
  assert.match(said[1].body, /\*\*1\.0\.0\*\* is deployed to `production`/)
  assert.ok(said[1].body.includes(`commit/${sha}`))
  assert.ok(said[1].body.includes('[deployment](https://ci.example/1)'))
})

test('a deployment tells the highest contract that it holds', async () => {
  freeze()
  write({ version: '1.10.0', entry: '- Newer.' })
  git('tag', 'contract-v1.10.0')
  git('tag', 'contract-v1.9.0')
  await run(deployment({ sha: head() }))
  assert.match(said[0].body, /contract-v1\.10\.0/)
})

test('other deployments are not told: failed, elsewhere, without a frozen contract', async () => {
  write({})
  const before = head()
  writeFileSync(join(folder, 'more'), 'more')
  const sha = freeze()
  for (const [other, words] of [
    [{ sha, state: 'failure' }, /not `success`/],
    [{ sha, environment: 'preview' }, /not `production`/],
    [{ sha: before }, /no frozen contract/],
  ]) {
    const { code, output } = await run(deployment(other))
    assert.equal(code, 0, output)
    assert.match(output, words)
  }
  assert.equal(said.length, 0)
})

test('the environment can be configured', async () => {
  const sha = freeze()
  await run({ ...deployment({ sha, environment: 'eu' }), CONTRACT_NOTICE_ENVIRONMENT: 'eu' })
  assert.match(said[0].body, /deployed to `eu`/)
})

test('without configuration it fails, names each variable and says how to set it', async () => {
  freeze()
  const { code, output } = await run({ ...TAG_PUSHED, CONTRACT_NOTICE_ISSUE: '', CONTRACT_NOTICE_REQUESTER: '' })
  assert.equal(code, 1)
  for (const name of ['CONTRACT_NOTICE_ISSUE', 'CONTRACT_NOTICE_REQUESTER']) {
    assert.match(output, new RegExp(`::error title=contract notice::\`${name}\` .* is not set: set it with \`gh variable set ${name}\``))
  }
  assert.equal(said.length, 0)
})

test('without configuration a deployment that is nobody\'s business is no fault, one that is fails', async () => {
  write({})
  const before = head()
  writeFileSync(join(folder, 'more'), 'more')
  const sha = freeze()
  const unset = { CONTRACT_NOTICE_ISSUE: '', CONTRACT_NOTICE_REQUESTER: '' }
  for (const other of [{ sha, state: 'failure' }, { sha, environment: 'preview' }, { sha: before }]) {
    const { code, output } = await run({ ...deployment(other), ...unset })
    assert.equal(code, 0, output)
    assert.match(output, /nothing to say/)
  }
  await refused({ ...deployment({ sha }), ...unset }, /`CONTRACT_NOTICE_ISSUE` .* is not set/)
})

test('a configuration that cannot be right is refused', async () => {
  freeze()
  for (const wrong of [{ CONTRACT_NOTICE_ISSUE: '1/../2' }, { CONTRACT_NOTICE_REQUESTER: '@all hands' }]) {
    const { code, output } = await run({ ...TAG_PUSHED, ...wrong })
    assert.equal(code, 1)
    assert.match(output, /is not what it should be/)
  }
  assert.equal(said.length, 0)
})

test('nothing is told of a contract whose changelog states another digest', async () => {
  freeze({ digests: { 'fuzefront.v1.json': '0'.repeat(64) } })
  await refused(TAG_PUSHED, new RegExp(`\`contract-v1.0.0\`: \`fuzefront.v1.json\` has the SHA-256 ${DIGEST}, stated is 0{64}`))
})

test('nothing is told of a contract whose annotated tag states another digest', async () => {
  write({})
  git('tag', '-a', 'contract-v1.0.0', '-m', `\`fuzefront.v1.json\` ${'1'.repeat(64)}`)
  await refused(TAG_PUSHED, /stated is 1{64}/)
})

test('nothing is told of a contract whose changelog states no digest, and each missing one is named', async () => {
  freeze({ digests: { 'v1.md': '', 'contract.schema.json': '', 'fuzefront.v1.json': '' } })
  const { code, output } = await run(TAG_PUSHED)
  assert.equal(code, 1, output)
  for (const [name, text] of Object.entries(filesOf('1.0.0'))) {
    assert.ok(output.includes(`states no SHA-256 of \`${name}\`; it is ${sha256(text)}`), output)
  }
  assert.equal(said.length, 0)
})

test('a digest in the message of the tag is not one in the changelog', async () => {
  write({ digests: { 'fuzefront.v1.json': '' } })
  git('tag', '-a', 'contract-v1.0.0', '-m', `\`fuzefront.v1.json\` ${DIGEST}`)
  await refused(TAG_PUSHED, /states no SHA-256 of `fuzefront.v1.json`/)
})

test('digests may be in capitals', async () => {
  freeze({ digests: { 'fuzefront.v1.json': DIGEST.toUpperCase() } })
  assert.equal((await run(TAG_PUSHED)).code, 0)
})

test('nothing is told without a changelog entry', async () => {
  write({ heading: '### 0.1.0' })
  git('tag', 'contract-v1.0.0')
  await refused(TAG_PUSHED, /`CHANGELOG.md` at `contract-v1.0.0` has no heading `### Contract 1.0.0`/)
})

test('nothing is told of a tag and an instance with different versions', async () => {
  write({ heading: '### Contract 1.0.1' })
  git('tag', 'contract-v1.0.1')
  await refused({ ...TAG_PUSHED, GITHUB_REF: 'refs/tags/contract-v1.0.1' }, /says version `1.0.0`/)
})

test('a tag that is no version is refused', async () => {
  freeze()
  await refused({ ...TAG_PUSHED, GITHUB_REF: 'refs/tags/contract-v1.0' }, /is not `contract-vMAJOR.MINOR.PATCH`/)
})

test('a deployment of a commit that is not here fails in words', async () => {
  freeze()
  await refused(deployment({ sha: 'f'.repeat(40) }), /`git tag --merged f{40} .*` failed/)
})

test('a refusal of the API is told in words, without the token', async () => {
  freeze()
  for (const [status, words] of [[403, /issues: write/], [404, /is there such an issue/], [500, /answered 500/]]) {
    refuse = status
    await refused(TAG_PUSHED, words)
  }
})

async function refused(event, words) {
  const { code, output } = await run(event)
  assert.equal(code, 1, output)
  assert.match(output, words)
  assert.ok(!output.includes('secret-token'))
  assert.equal(said.length, 0)
}

function run({ event = {}, ...variables }) {
  writeFileSync(join(folder, '.git/event.json'), JSON.stringify(event))
  const env = {
    ...gitEnvironment(),
    GITHUB_API_URL: `http://127.0.0.1:${server.address().port}`,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_EVENT_PATH: join(folder, '.git/event.json'),
    GITHUB_REPOSITORY: 'owner/name',
    GITHUB_TOKEN: 'secret-token',
    CONTRACT_NOTICE_ISSUE: '7',
    CONTRACT_NOTICE_REQUESTER: 'requester',
    ...variables,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, output: stdout + stderr })
    })
  })
}

function deployment({ sha, state = 'success', environment = 'production' }) {
  const event = { deployment: { sha, environment }, deployment_status: { state, log_url: 'https://ci.example/1' } }
  return { GITHUB_EVENT_NAME: 'deployment_status', event }
}

// The two calls of the API that the script makes.
function answer(request, response) {
  const url = new URL(request.url, 'http://api/')
  const known = url.pathname === '/repos/owner/name/issues/7/comments' && request.headers.authorization === 'Bearer secret-token'
  const reply = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (refuse !== undefined || !known) return reply(refuse ?? 404, {})
  if (request.method === 'GET') {
    const [size, page] = ['per_page', 'page'].map((name) => Number(url.searchParams.get(name)))
    return reply(200, said.slice((page - 1) * size, page * size))
  }
  let text = ''
  request.on('data', (chunk) => (text += chunk))
  request.on('end', () => {
    said.push({ ...JSON.parse(text), user: BOT })
    reply(201, {})
  })
}

function freeze(options = {}) {
  write(options)
  git('tag', 'contract-v1.0.0')
  return head()
}

// `digests` replaces what the changelog states of a file.
function write({ version = '1.0.0', heading = `### Contract ${version}`, entry = '- The first one.', digests = {} }) {
  mkdirSync(join(folder, 'docs/contract'), { recursive: true })
  const contract = Object.entries(filesOf(version))
  const stated = contract.map(([name, text]) => `- \`${name}\` ${digests[name] ?? sha256(text)}`).join('\n')
  const files = {
    'CHANGELOG.md': `# Changelog\n\n${heading}\n\n${entry}\n${stated}\n\n### Contract 0.9.0\n\n- Of version 0.9.0.\n`,
    ...Object.fromEntries(contract.map(([name, text]) => [`docs/contract/${name}`, text])),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  git('add', '-A')
  git('commit', '-qm', 'contract')
}

function head() {
  return git('rev-parse', 'HEAD').trim()
}

function git(...args) {
  return execFileSync('git', args, { cwd: folder, env: gitEnvironment(), encoding: 'utf8' })
}

function gitEnvironment() {
  const people = ['AUTHOR', 'COMMITTER'].map((who) => ({ [`GIT_${who}_NAME`]: 'test', [`GIT_${who}_EMAIL`]: 'test@example.com' }))
  return { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', ...Object.assign({}, ...people) }
}
