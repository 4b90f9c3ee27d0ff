// A forward proxy on loopback that opens tunnels (CONNECT, RFC 9110 section 9.3.6).

import { createServer } from 'node:http'
import { connect } from 'node:net'

/**
 * Leads every tunnel to `port` on loopback, whatever name is asked for: so it knows names that nobody else does. With
 * `authorization`, only for those who send it. `asked` are the names with ports, `ports` where the tunnels come from.
 */
export async function startProxy(t, { port, authorization }) {
  const proxy = { asked: [], ports: [] }
  const sockets = new Set()
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connect', (request, socket, head) => {
    proxy.asked.push(request.url)
    if (request.headers['proxy-authorization'] !== authorization)
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n')
    const upstream = connect(port, '127.0.0.1', () => {
      proxy.ports.push(upstream.localPort)
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
    for (const end of [socket, upstream]) sockets.add(end.on('error', () => (socket.destroy(), upstream.destroy())))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy.url = `http://127.0.0.1:${server.address().port}`
  proxy.stop = () => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  t.after(proxy.stop)
  return proxy
}
