// Comments on the configured issue when a contract is frozen or deployed (see workflows/contract-notice.yml). It says
// everything once: each comment carries a marker, and a marker that is there already ends the run. No dependencies.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const FILES = ['fuzefront.v1.json', 'v1.md', 'contract.schema.json']
const TAG = /^contract-v((?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*))$/
// Who comments with the token of a workflow. A marker in anybody else's comment silences nothing.
const AUTHOR = 'github-actions[bot]'
const PAGE = 100
const MOST_PAGES = 100

const RUNNER = {
  GITHUB_EVENT_NAME: [/^(push|deployment_status)$/, '`push` of a tag, or `deployment_status`', ''],
  GITHUB_EVENT_PATH: [/./, 'set by the runner', ''],
}
const NOTICE = {
  CONTRACT_NOTICE_ISSUE: [/^[1-9]\d*$/, 'the number of the issue to comment on', 'variable'],
  CONTRACT_NOTICE_REQUESTER: [/^[a-z\d][a-z\d-]{0,38}$/i, 'the login to mention, without @', 'variable'],
  GITHUB_TOKEN: [/./, 'the token of the workflow', ''],
  GITHUB_REPOSITORY: [/^[\w.-]+\/[\w.-]+$/, 'set by the runner', ''],
}

class Fault extends Error {}

try {
  await run()
} catch (error) {
  if (!(error instanceof Fault)) throw error
  for (const line of error.message.split('\n')) console.error(`::error title=contract notice::${line}`)
  process.exitCode = 1
}

// Settings are asked for once there is something to say: a deployment that is nobody's business is no fault.
async function run() {
  const runner = settings(RUNNER)
  const event = JSON.parse(readFileSync(runner.GITHUB_EVENT_PATH, 'utf8'))
  const news = runner.GITHUB_EVENT_NAME === 'push' ? frozen() : deployed(event)
  if (news === undefined) return
  const config = { ...runner, ...settings(NOTICE) }
  const marker = `<!-- contract-notice ${news.key} -->`
  const contract = contractAt(news.tag)
  if (await alreadySaid(config, marker)) return console.log(`said before: ${news.key}`)
  await api(config, 'POST', comments(config), { body: comment(config, news, contract, marker) })
  console.log(`commented on issue ${config.CONTRACT_NOTICE_ISSUE}: ${news.key}`)
}

function settings(wanted) {
  const faults = []
  for (const [name, [shape, meaning, kind]] of Object.entries(wanted)) {
    const value = process.env[name]?.trim() ?? ''
    if (shape.test(value)) continue
    const what = value === '' ? 'is not set' : 'is not what it should be'
    const remedy = kind === '' ? '' : `: set it with \`gh variable set ${name}\` or under Settings, Secrets and variables, Actions, Variables`
    faults.push(`\`${name}\` (${meaning}) ${what}${remedy}`)
  }
  if (faults.length > 0) throw new Fault(`nobody was told:\n${faults.join('\n')}`)
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, process.env[name].trim()]))
}

function frozen() {
  const tag = (process.env.GITHUB_REF ?? '').replace(/^refs\/tags\//, '')
  return { tag, key: `frozen ${tag}`, version: versionOf(tag), says: 'is frozen' }
}

function deployed({ deployment, deployment_status: status }) {
  const environment = deployment?.environment ?? ''
  const awaited = process.env.CONTRACT_NOTICE_ENVIRONMENT?.trim() || 'production'
  if (status?.state !== 'success') return say(`the deployment is \`${status?.state}\`, not \`success\``)
  if (environment !== awaited) return say(`the environment is not \`${awaited}\``)
  if (!/^[0-9a-f]{40,64}$/.test(deployment.sha)) throw new Fault('the deployment names no commit')
  const [tag] = git(['tag', '--merged', deployment.sha, '--list', 'contract-v*', '--sort=-version:refname'])
    .split('\n')
    .filter((name) => TAG.test(name))
  if (tag === undefined) return say('what was deployed holds no frozen contract')
  return {
    ...{ tag, version: versionOf(tag), key: `deployed ${tag} ${encodeURIComponent(environment)}` },
    says: `is deployed to \`${environment.replaceAll('`', '')}\``,
    commit: deployment.sha,
    log: [status.log_url, status.target_url].find((url) => /^https:\/\/[^\s)]+$/.test(url ?? '')),
  }
}

function say(reason) {
  console.log(`nothing to say: ${reason}`)
}

function versionOf(tag) {
  const version = TAG.exec(tag)?.[1]
  if (version === undefined) throw new Fault(`the tag \`${tag}\` is not \`contract-vMAJOR.MINOR.PATCH\``)
  return version
}

// The digests are computed from the files at the tag, and must be those that the changelog states there.
function contractAt(tag) {
  const version = versionOf(tag)
  const at = (file) => git(['show', `${tag}:${file}`], 'buffer')
  const entry = changelogEntry(at('CHANGELOG.md').toString('utf8'), version)
  if (entry === undefined) throw new Fault(`\`CHANGELOG.md\` at \`${tag}\` has no heading \`### Contract ${version}\``)
  const files = FILES.map((name) => [name, at(`docs/contract/${name}`)])
  const stated = JSON.parse(files[0][1].toString('utf8')).version
  if (stated !== version) throw new Fault(`\`${FILES[0]}\` at \`${tag}\` says version \`${stated}\``)
  const digests = files.map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')])
  const tagged = git(['for-each-ref', '--format=%(contents)', `refs/tags/${tag}`])
  const faults = digests.flatMap(([name, digest]) => faultsOf(name, digest, entry, tagged))
  if (faults.length > 0) throw new Fault(faults.map((fault) => `\`${tag}\`: ${fault}`).join('\n'))
  return { entry, digests }
}

// Clause 15.4: the changelog's entry states the digest; the message of the tag may repeat it.
function faultsOf(name, digest, entry, tagged) {
  const stated = digestsOf(entry, name)
  if (stated.length === 0) return [`the entry of \`CHANGELOG.md\` states no SHA-256 of \`${name}\`; it is ${digest}`]
  const other = [...stated, ...digestsOf(tagged, name)].find((hex) => hex !== digest)
  return other === undefined ? [] : [`\`${name}\` has the SHA-256 ${digest}, stated is ${other}`]
}

function changelogEntry(changelog, version) {
  const lines = changelog.split('\n')
  const start = lines.indexOf(`### Contract ${version}`)
  if (start < 0) return undefined
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => line.startsWith('#'))
  return rest.slice(0, end < 0 ? undefined : end).join('\n').trim()
}

function digestsOf(text, name) {
  const lines = text.split('\n').filter((line) => line.includes(`\`${name}\``))
  return lines.flatMap((line) => line.match(/\b[0-9a-f]{64}\b/gi) ?? []).map((hex) => hex.toLowerCase())
}

function comment({ CONTRACT_NOTICE_REQUESTER: requester, GITHUB_REPOSITORY: repository }, news, { entry, digests }, marker) {
  const { tag, version, says, commit, log } = news
  const site = `${process.env.GITHUB_SERVER_URL || 'https://github.com'}/${repository}`
  const about = [
    `[contract](${site}/blob/${tag}/docs/contract/v1.md)`,
    `[instance](${site}/blob/${tag}/docs/contract/fuzefront.v1.json)`,
    `[changelog](${site}/blob/${tag}/CHANGELOG.md)`,
    ...(commit ? [`[commit ${commit.slice(0, 12)}](${site}/commit/${commit})`] : []),
    ...(log ? [`[deployment](${log})`] : []),
  ]
  const rows = digests.map(([name, digest]) => `| \`docs/contract/${name}\` | \`${digest}\` |`)
  return [
    marker,
    `@${requester}: the token contract **${version}** ${says} (tag [\`${tag}\`](${site}/tree/${tag})).`,
    ['| file | SHA-256 |', '|---|---|', ...rows].join('\n'),
    about.join(' · '),
    entry.split('\n').map((line) => `> ${line}`.trimEnd()).join('\n'),
  ].join('\n\n')
}

async function alreadySaid(config, marker) {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const found = await api(config, 'GET', `${comments(config)}?per_page=${PAGE}&page=${page}`)
    if (found.some(({ body, user }) => user?.login === AUTHOR && body?.startsWith(marker))) return true
    if (found.length < PAGE) return false
  }
  throw new Fault(`issue ${config.CONTRACT_NOTICE_ISSUE} has too many comments to look through`)
}

function comments({ GITHUB_REPOSITORY: repository, CONTRACT_NOTICE_ISSUE: issue }) {
  return `/repos/${repository}/issues/${issue}/comments`
}

async function api({ GITHUB_TOKEN: token }, method, path, body) {
  const base = process.env.GITHUB_API_URL || 'https://api.github.com'
  const request = {
    method,
    body: body && JSON.stringify(body),
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' },
    redirect: 'error',
    signal: AbortSignal.timeout(15_000),
  }
  const response = await fetch(base + path, request).catch((error) => {
    throw new Fault(`the API does not answer: ${error.cause?.code ?? error.name}`)
  })
  if (response.ok) return response.json()
  const hint = { 401: 'the token is not accepted', 403: 'the job needs `issues: write`', 404: 'is there such an issue?', 410: 'issues are switched off' }
  throw new Fault(`${method} ${path} was answered ${response.status}${hint[response.status] ? `: ${hint[response.status]}` : ''}`)
}

function git(args, encoding = 'utf8') {
  try {
    return execFileSync('git', args, { encoding, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 26 })
  } catch (error) {
    throw new Fault(`\`git ${args.join(' ')}\` failed: ${String(error.stderr ?? error.message).trim().split('\n')[0]}`)
  }
}
