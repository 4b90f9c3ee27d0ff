// The Express adapter over real HTTP, on Express 4 and 5.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import express5 from 'express'
import express4 from 'express-4'
import { requireAnyRole, requireAuth, requireRoles, requireScopes, requireTenant } from '../build/express.js'
import { createVerifier } from '../build/index.js'
import { Verifier } from '../build/verifier.js'
import { makeDoors } from './support/doors.mjs'
import { get, serve } from './support/http.mjs'
import { startIssuer } from './support/issuer.mjs'
import { AUDIENCE, ISSUER, NOW, claims, clock, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const options = { issuer: ISSUER, audience: AUDIENCE, keys: jwks(key), clock }
const token = mint(key, claims({ roles: ['editor', 'viewer'], tenantId: 't-1', scope: 'read write' }))
const bearer = (value = token) => ({ authorization: `Bearer ${value}` })

for (const [name, express] of [
  ['Express 4', express4],
  ['Express 5', express5],
]) {
  const start = async (t, { verifier = createVerifier(options), onError, routes } = {}) => {
    const app = express()
    app.use(requireAuth({ verifier, onError }))
    routes?.(app)
    app.get('/me', (req, res) => res.json({ identity: req.identity, tokenFacts: req.tokenFacts }))
    app.use((error, _req, res, _next) => res.status(500).json({ failed: error.message, code: error.code }))
    return serve(t, app)
  }

  test(`${name}: a good token sets req.identity and req.tokenFacts`, async (t) => {
    const { status, body } = await get(`${await start(t)}/me`, bearer())
    assert.equal(status, 200)
    assert.deepEqual(
      [body.identity.userId, body.identity.tenantId, body.identity.roles],
      ['user-1', 't-1', ['editor', 'viewer']],
    )
    assert.deepEqual([body.tokenFacts.alg, body.tokenFacts.kind], ['ES256', 'user'])
  })

  test(`${name}: no token is 401 with a bare challenge`, async (t) => {
    const { status, headers, body } = await get(`${await start(t)}/me`)
    assert.deepEqual([status, headers['www-authenticate'], body.code], [401, 'Bearer', 'NO_TOKEN'])
    assert.deepEqual(Object.keys(body), ['error', 'code'])
  })

  test(`${name}: a bad token is 401 with the error in the challenge`, async (t) => {
    const url = `${await start(t)}/me`
    const { status, headers, body } = await get(url, bearer(mint(key, claims({ exp: NOW - 100 }))))
    assert.deepEqual([status, body.code], [401, 'EXPIRED'])
    assert.equal(headers['www-authenticate'], `Bearer error="invalid_token", error_description="${body.error}"`)
    assert.equal(headers['content-type'], 'application/json; charset=utf-8')
    assert.equal((await get(url, bearer('opaque'))).body.code, 'MALFORMED')
  })

  test(`${name}: several Authorization headers are 400, also when they are equal`, async (t) => {
    const url = `${await start(t)}/me`
    for (const second of [`Bearer ${token}`, 'Bearer x', 'Basic dTpw', '']) {
      const sent = ['Host', new URL(url).host, 'Authorization', `Bearer ${token}`, 'authorization', second]
      const { status, headers, body } = await get(url, sent)
      assert.deepEqual([status, body.code], [400, 'INVALID_REQUEST'])
      assert.match(headers['www-authenticate'], /error="invalid_request"/)
    }
  })

  test(`${name}: an issuer that is down is 503 with Retry-After and no challenge`, async (t) => {
    const { keys: _, ...remote } = options
    const issuer = await startIssuer(t)
    await issuer.stop()
    const verifier = createVerifier({ ...remote, jwksUri: issuer.jwksUri })
    t.after(() => verifier.close())
    const { status, headers, body } = await get(`${await start(t, { verifier })}/me`, bearer())
    assert.deepEqual([status, body.code, headers['www-authenticate']], [503, 'JWKS_UNAVAILABLE', undefined])
    assert.match(headers['retry-after'], /^[1-9]\d*$/)
  })

  test(`${name}: a trap is 503, and the next request is served`, async (t) => {
    const doors = makeDoors()
    const url = `${await start(t, { verifier: new Verifier(options, doors.instantiate) })}/me`
    doors.failing.add('verify')
    assert.deepEqual([(await get(url, bearer())).status, (await get(url, bearer())).headers['retry-after']], [503, '1'])
    doors.failing.clear()
    assert.equal((await get(url, bearer())).status, 200)
  })

  test(`${name}: roles, tenant and scopes guard a route`, async (t) => {
    const ok = (_req, res) => res.json('ok')
    const url = await start(t, {
      routes: (app) => {
        app.get('/roles', requireRoles('editor', 'viewer'), ok)
        app.get('/roles/both', requireRoles('admin', 'editor'), ok)
        app.get('/roles/any', requireAnyRole('admin', 'editor'), ok)
        app.get('/roles/none', requireAnyRole('admin', 'owner'), ok)
        app.get('/admin', requireRoles('admin'), ok)
        app.get('/tenant', requireTenant(), ok)
        app.get('/tenant/fixed', requireTenant('t-1'), ok)
        app.get('/tenant/other', requireTenant('t-2'), ok)
        app.get(
          '/tenants/:id',
          requireTenant((req) => req.params.id),
          ok,
        )
        app.get(
          '/none',
          requireTenant(() => undefined),
          ok,
        )
        app.get(
          '/several',
          requireTenant(() => ['t-1']),
          ok,
        )
        app.get('/scopes', requireScopes('read', 'write'), ok)
        app.get('/delete', requireScopes('read', 'delete'), ok)
      },
    })
    const answer = async (path, value = token) => {
      const { status, body } = await get(url + path, bearer(value))
      return [status, body.code ?? body]
    }
    for (const path of ['/roles', '/roles/any', '/tenant', '/tenant/fixed', '/tenants/t-1', '/scopes']) {
      assert.deepEqual(await answer(path), [200, 'ok'], path)
    }
    for (const path of ['/admin', '/roles/both', '/roles/none', '/tenant/other', '/tenants/t-2', '/several', '/none']) {
      assert.deepEqual(await answer(path), [403, 'FORBIDDEN'], path)
    }
    const bare = mint(key)
    for (const path of ['/roles', '/roles/any', '/tenant', '/tenant/fixed', '/none']) {
      assert.deepEqual(await answer(path, bare), [403, 'FORBIDDEN'], path)
    }
    assert.deepEqual(await answer('/scopes', bare), [403, 'INSUFFICIENT_SCOPE'])
    assert.deepEqual(await answer('/admin', 'opaque'), [401, 'MALFORMED'])
    const { headers, body, status } = await get(`${url}/delete`, bearer())
    assert.deepEqual([status, body.code], [403, 'INSUFFICIENT_SCOPE'])
    assert.equal(
      headers['www-authenticate'],
      `Bearer error="insufficient_scope", error_description="${body.error}", scope="read delete"`,
    )
  })

  test(`${name}: onError may leave the answer to the app, for guards too`, async (t) => {
    const onError = (error, _req, _res, next) => next(error)
    const url = await start(t, {
      onError,
      routes: (app) => app.get('/admin', requireRoles('admin'), () => assert.fail()),
    })
    assert.deepEqual((await get(`${url}/me`)).body.code, 'NO_TOKEN')
    const { status, body } = await get(`${url}/admin`, bearer())
    assert.deepEqual([status, body.code], [500, 'FORBIDDEN'])
  })

  test(`${name}: an onError that throws ends in the app's error handler`, async (t) => {
    const onError = () => {
      throw new Error('boom')
    }
    const { status, body } = await get(`${await start(t, { onError })}/me`)
    assert.deepEqual([status, body.failed], [500, 'boom'])
  })

  test(`${name}: a guard without requireAuth is a loud mistake, and nobody passes`, async (t) => {
    const app = express()
    app.get('/admin', requireRoles('admin'), (_req, res) => res.json('ok'))
    app.use((error, _req, res, _next) => res.status(500).json({ failed: error.message }))
    const { status, body } = await get(`${await serve(t, app)}/admin`, bearer())
    assert.deepEqual([status, body.failed], [500, 'requireAuth must stand before this guard'])
  })

  test(`${name}: middleware before may set the header, as from a cookie`, async (t) => {
    const app = express()
    app.use((req, _res, next) => ((req.headers.authorization = `Bearer ${token}`), next()))
    app.use(requireAuth({ verifier: createVerifier(options) }))
    app.get('/me', (req, res) => res.json(req.identity.userId))
    assert.equal((await get(`${await serve(t, app)}/me`)).body, 'user-1')
  })
}

test('requireAuth without a verifier is refused at set-up', () => {
  for (const options of [{}, { verifier: null }, { verifier: {} }, createVerifier({ issuer: ISSUER, audience: 'a' })])
    assert.throws(() => requireAuth(options), { name: 'TypeError', message: /`verifier`/ })
})

test('guards without anything to ask for are refused at once', () => {
  for (const make of [
    () => requireRoles(),
    () => requireAnyRole(),
    () => requireRoles(''),
    () => requireRoles('a', undefined),
    () => requireRoles(['admin']),
    () => requireScopes(),
    () => requireScopes('read write'),
    () => requireScopes('a"b'),
    () => requireTenant(undefined),
    () => requireTenant(''),
  ]) {
    assert.throws(make, TypeError)
  }
})
