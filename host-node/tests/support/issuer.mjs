// A small issuer on loopback: discovery and key set over real HTTP, counting requests.

import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

/**
 * Starts an issuer that closes with the test. `answer(path, request, response)` may take a request over by
 * returning true; otherwise discovery and `keys` are served. `tls` is `{ cert, key }`; `name` is where it says it is,
 * if not where it listens.
 */
export async function startIssuer(t, { keys = { keys: [] }, answer = () => false, headers = {}, tls, name } = {}) {
  const requests = []
  const issuer = { keys, answer, headers, requests, count: (path) => requests.filter((p) => p === path).length }
  const onRequest = (request, response) => {
    requests.push(request.url)
    if (issuer.answer(request.url, request, response)) return
    const body = bodies(issuer)[request.url]
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json', ...issuer.headers })
    response.end(JSON.stringify(body ?? {}))
  }
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer.port = server.address().port
  issuer.url = name ?? `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${issuer.port}/`
  issuer.jwksUri = `${issuer.url}jwks/`
  issuer.stop = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  t.after(issuer.stop)
  return issuer
}

function bodies(issuer) {
  return {
    '/.well-known/openid-configuration': { issuer: issuer.url, jwks_uri: issuer.jwksUri },
    '/jwks/': issuer.keys,
  }
}
