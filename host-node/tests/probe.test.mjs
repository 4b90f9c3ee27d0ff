// What the doctor sees of a URL: the answer whatever it is, or the way the request failed.

import assert from 'node:assert/strict'
import { createServer as createTcpServer } from 'node:net'
import { test } from 'node:test'
import { errorOf, look } from '../build/probe.js'
import { startIssuer } from './support/issuer.mjs'

const discovery = (url) => ({ what: 'discovery', issuer: 'https://id.example/', url })

/** An issuer whose every answer is made by `answer(response)`. */
function serving(t, answer) {
  return startIssuer(t, { answer: (_path, _request, response) => (answer(response), true) })
}

test('status, body and headers are seen, whatever the status', async (t) => {
  const headers = { date: 'Tue, 14 Nov 2023 22:13:20 GMT', 'access-control-allow-origin': '*', 'x-other': '1' }
  const { url } = await serving(t, (response) => response.writeHead(404, headers).end('no ✓'))
  const { elapsed, ...seen } = await look(fetch, discovery(url))
  assert.deepEqual(seen, { ...discovery(url), status: 404, body: 'no ✓', date: headers.date, cors: '*' })
  assert.ok(elapsed >= 0 && elapsed < 5)
})

test('of a page, the policy for its content is seen', async (t) => {
  const headers = { 'content-security-policy': "default-src 'self'" }
  const { url } = await serving(t, (response) => response.writeHead(200, headers).end('x'.repeat(200_000)))
  const { cors, ...seen } = await look(fetch, { what: 'page', url })
  assert.equal(cors, null)
  assert.equal(seen.status, 200)
  assert.equal(seen.csp, "default-src 'self'")
  assert.equal('body' in seen, false)
})

test('a redirect is not followed', async (t) => {
  const issuer = await serving(t, (response) => response.writeHead(302, { location: '/elsewhere' }).end())
  const seen = await look(fetch, discovery(issuer.url))
  assert.equal(seen.error, 'redirect')
  assert.equal(seen.location, '/elsewhere')
  assert.equal('status' in seen, false)
  assert.deepEqual(issuer.requests, ['/'])
})

test('a body may have 65536 bytes, not one more', async (t) => {
  const issuer = await serving(t, (response) => response.end('x'.repeat(issuer.size)))
  issuer.size = 65_536
  assert.equal((await look(fetch, discovery(issuer.url))).body.length, 65_536)
  issuer.size = 65_537
  const seen = await look(fetch, discovery(issuer.url))
  assert.equal(seen.error, 'too_large')
  assert.equal('body' in seen, false)
})

test('a closed port is told from a connection that breaks', async (t) => {
  const { url, stop } = await serving(t, () => {})
  await stop()
  assert.equal((await look(fetch, discovery(url))).error, 'refused')
  const broken = createTcpServer((socket) => socket.destroy())
  await new Promise((resolve) => broken.listen(0, '127.0.0.1', resolve))
  t.after(() => broken.close())
  assert.equal((await look(fetch, discovery(`http://127.0.0.1:${broken.address().port}/`))).error, 'network')
})

test('plain HTTP behind https is a failure of TLS', async (t) => {
  const { url } = await serving(t, (response) => response.end())
  assert.equal((await look(fetch, discovery(url.replace('http:', 'https:')))).error, 'tls')
})

test('five seconds are enough, even for a fetch that ignores its signal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const seen = look(() => new Promise(() => {}), discovery('https://id.example/'))
  t.mock.timers.tick(5000)
  assert.equal((await seen).error, 'timeout')
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
  for (const [code, error] of cases) assert.equal(errorOf(failure(code)), error, code)
  assert.equal(errorOf(new DOMException('x', 'AbortError')), 'timeout')
  assert.equal(errorOf('no error'), 'network')
})
