// What stands between a service and its issuer: a private authority, a proxy, a gateway that asks for a header. Real
// TLS and real tunnels, through a `fetch` of one's own (docs/keys.md, "Fetching").

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Agent, ProxyAgent, fetch as undiciFetch } from 'undici'
import { DISCOVERY, JWKS } from './support/keyring.mjs'
import { setUpPrivate } from './support/private.mjs'
import { startProxy } from './support/proxy.mjs'
import { NOW } from './support/tokens.mjs'

const script = fileURLToPath(new URL('support/replica.mjs', import.meta.url))
// Known to nobody (RFC 2606 section 3) but the proxy.
const NAME = 'https://id.example/'
const CREDENTIALS = `Basic ${Buffer.from('user:secret').toString('base64')}`

function through(t, dispatcher, headers = {}) {
  t.after(() => dispatcher.destroy())
  return (url, init) => undiciFetch(url, { ...init, dispatcher, headers: { ...init.headers, ...headers } })
}

/** A proxy before an issuer that is reached by it only. */
async function setUpBehind(t, { authorization } = {}) {
  const issuer = await setUpPrivate(t, { name: NAME })
  const proxy = await startProxy(t, { port: issuer.issuer.port, authorization })
  const agent = (more = {}) => new ProxyAgent({ uri: proxy.url, requestTls: { ca: issuer.ca }, ...more })
  return { ...issuer, proxy, agent }
}

async function reasonOf(verifier, token) {
  const { error } = await verifier.check(token)
  return [error?.code, error?.details.error]
}

/** The outcomes of the fetches of a process with these variables only. */
async function inProcess(task, env) {
  const command = [script, JSON.stringify({ ...task, now: NOW })]
  const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: 60_000, env })
  return JSON.parse(stdout).outcomes
}

test('a private authority is not trusted by itself', async (t) => {
  const { issuer, make, token } = await setUpPrivate(t)
  assert.deepEqual(await reasonOf(make(), token), ['JWKS_UNAVAILABLE', 'tls'])
  assert.deepEqual(issuer.requests, [])
})

test('a fetch that trusts the authority brings the keys', async (t) => {
  const { issuer, make, token, ca } = await setUpPrivate(t)
  const fetch = through(t, new Agent({ connect: { ca } }))
  assert.equal((await make({ fetch }).check(token)).ok, true)
  assert.deepEqual(issuer.requests, [DISCOVERY, JWKS])
})

test('a fetch that trusts another authority brings none', async (t) => {
  const { make, token } = await setUpPrivate(t)
  const { ca } = await setUpPrivate(t)
  const fetch = through(t, new Agent({ connect: { ca } }))
  assert.deepEqual(await reasonOf(make({ fetch }), token), ['JWKS_UNAVAILABLE', 'tls'])
})

test('NODE_EXTRA_CA_CERTS needs no code', async (t) => {
  const { entry, token, caFile } = await setUpPrivate(t)
  const task = { options: entry, token }
  assert.deepEqual(await inProcess(task, {}), ['tls'])
  assert.deepEqual(await inProcess(task, { NODE_EXTRA_CA_CERTS: caFile }), ['ok', 'ok'])
})

test('keys come through a proxy, and only through it', async (t) => {
  const { issuer, make, token, proxy, agent } = await setUpBehind(t)
  const origins = []
  issuer.answer = (_, request) => void origins.push(request.socket.remotePort)
  assert.deepEqual(await reasonOf(make(), token), ['JWKS_UNAVAILABLE', 'dns'])
  assert.equal((await make({ fetch: through(t, agent()) }).check(token)).ok, true)
  assert.deepEqual(issuer.requests, [DISCOVERY, JWKS])
  assert.ok(origins.every((port) => proxy.ports.includes(port)))
  assert.deepEqual([...new Set(proxy.asked)], ['id.example:443'])
})

test('a proxy gets its credentials', async (t) => {
  const { make, token, agent } = await setUpBehind(t, { authorization: CREDENTIALS })
  assert.equal((await make({ fetch: through(t, agent({ token: CREDENTIALS })) }).check(token)).ok, true)
})

test('a proxy that refuses is an outage, and no timeout', async (t) => {
  const { issuer, make, token, proxy, agent } = await setUpBehind(t, { authorization: CREDENTIALS })
  assert.deepEqual(await reasonOf(make({ fetch: through(t, agent()) }), token), ['JWKS_UNAVAILABLE', 'network'])
  assert.deepEqual([proxy.asked, issuer.requests], [['id.example:443'], []])
})

test('a proxy that is down is an outage', async (t) => {
  const { make, token, proxy, agent } = await setUpBehind(t)
  await proxy.stop()
  assert.deepEqual(await reasonOf(make({ fetch: through(t, agent()) }), token), ['JWKS_UNAVAILABLE', 'refused'])
})

test('additional headers arrive beside those of the verifier, with both documents', async (t) => {
  const { issuer, make, token, agent } = await setUpBehind(t)
  const seen = []
  issuer.answer = (_, { headers }) => void seen.push([headers['x-api-key'], headers.accept])
  assert.equal((await make({ fetch: through(t, agent(), { 'x-api-key': 'k' }) }).check(token)).ok, true)
  assert.deepEqual(seen, Array(2).fill(['k', 'application/json']))
})

test('HTTPS_PROXY alone is not obeyed', async (t) => {
  const { entry, token, caFile, proxy } = await setUpBehind(t)
  const env = { HTTPS_PROXY: proxy.url, https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: caFile }
  assert.deepEqual(await inProcess({ options: entry, token }, env), ['dns'])
  assert.deepEqual(proxy.asked, [])
})

const skip = process.allowedNodeEnvironmentFlags.has('--use-env-proxy') ? false : 'this Node has no `--use-env-proxy`'

test('HTTPS_PROXY is obeyed with NODE_USE_ENV_PROXY', { skip }, async (t) => {
  const { entry, token, caFile, proxy } = await setUpBehind(t)
  const env = { HTTPS_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1', NODE_EXTRA_CA_CERTS: caFile }
  assert.deepEqual(await inProcess({ options: entry, token }, env), ['ok', 'ok'])
  assert.ok(proxy.asked.length > 0)
})
