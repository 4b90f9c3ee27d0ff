// A request made by hand: any header as often as wanted, and nothing done to the answer.

import { request } from 'node:http'

/** Resolves to status, headers and parsed body. `headers` is an object, or a flat list of names and values. */
export function get(url, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      const { statusCode: status, headers } = response
      resolve({
        status,
        headers,
        text,
        body: /json/.test(headers['content-type'] ?? '') ? JSON.parse(text) : undefined,
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

/** Serves an app on loopback until the test ends; resolves to its URL. */
export async function serve(t, app) {
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))))
  return `http://127.0.0.1:${server.address().port}`
}
