// One GET on a real network: the facts of its answer, or the word for how the request failed.

import assert from 'node:assert/strict'
import { createServer as createTcpServer } from 'node:net'
import { test } from 'node:test'
import { get, wordOf } from '../build/http.js'
import { startIssuer } from './support/issuer.mjs'

const request = (url, more = {}) => ({
  url,
  headers: { accept: 'application/json' },
  report: ['date', 'location', 'access-control-allow-origin'],
  timeout: 5,
  max_bytes: 65_536,
  ...more,
})
const look = async (url, more) => {
  const { facts, body, failure } = await get(fetch, request(url, more))
  const { elapsed, ...rest } = facts
  assert.ok(elapsed >= 0)
  return { ...rest, body: Buffer.from(body).toString(), failure }
}

/** An issuer whose every answer is made by `answer(response)`. */
function serving(t, answer) {
  return startIssuer(t, { answer: (_path, _request, response) => (answer(response), true) })
}

test('status, body and the headers that are asked for are seen', async (t) => {
  const headers = { date: 'Tue, 14 Nov 2023 22:13:20 GMT', 'access-control-allow-origin': '*', 'x-other': '1' }
  const { url } = await serving(t, (response) => response.writeHead(200, headers).end('no ✓'))
  const { 'x-other': _, ...reported } = headers
  assert.deepEqual(await look(url), {
    status: 200,
    redirected: false,
    headers: reported,
    body: 'no ✓',
    failure: undefined,
  })
})

test('of an error the body is read only where it is wanted, of a page never', async (t) => {
  const { url } = await serving(t, (response) => response.writeHead(404).end('x'.repeat(10)))
  assert.equal((await look(url)).body, '')
  assert.equal((await look(url, { body: 'any' })).body, 'x'.repeat(10))
  const page = await serving(t, (response) => response.end('x'.repeat(200_000)))
  assert.deepEqual([(await look(page.url, { body: 'none' })).status, page.requests.length], [200, 1])
})

test('a redirect is not followed', async (t) => {
  const issuer = await serving(t, (response) => response.writeHead(302, { location: '/elsewhere' }).end())
  const { status, redirected, headers } = await look(issuer.url)
  assert.deepEqual([status, redirected, headers.location], [302, false, '/elsewhere'])
  assert.deepEqual(issuer.requests, ['/'])
})

test('a body may have as many bytes as are allowed, not one more', async (t) => {
  const issuer = await serving(t, (response) => response.end('x'.repeat(issuer.size)))
  issuer.size = 65_536
  assert.equal((await look(issuer.url)).body.length, 65_536)
  issuer.size = 65_537
  const seen = await look(issuer.url)
  assert.deepEqual([seen.error, seen.body, seen.status], ['too_large', '', undefined])
  assert.match(seen.failure.message, /longer than 65536 bytes/)
})

test('a closed port is told from a connection that breaks', async (t) => {
  const { url, stop } = await serving(t, () => {})
  await stop()
  assert.equal((await look(url)).error, 'refused')
  const broken = createTcpServer((socket) => socket.destroy())
  await new Promise((resolve) => broken.listen(0, '127.0.0.1', resolve))
  t.after(() => broken.close())
  assert.equal((await look(`http://127.0.0.1:${broken.address().port}/`)).error, 'network')
})

test('plain HTTP behind https is a failure of TLS', async (t) => {
  const { url } = await serving(t, (response) => response.end())
  assert.equal((await look(url.replace('http:', 'https:'))).error, 'tls')
})

test('five seconds are enough, even for a fetch that ignores its signal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const seen = get(() => new Promise(() => {}), request('https://id.example/'))
  t.mock.timers.tick(5000)
  assert.equal((await seen).facts.error, 'timeout')
})

test('failures have a class', () => {
  const failure = (code, name = 'TypeError') =>
    Object.assign(new Error('fetch failed', { cause: Object.assign(new Error(code), { code }) }), { name })
  const cases = [
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['ECONNRESET', 'network'],
  ]
  for (const [code, error] of cases) assert.equal(wordOf(failure(code)), error, code)
  assert.equal(wordOf(new DOMException('x', 'AbortError')), 'timeout')
  assert.equal(wordOf('no error'), 'network')
})
