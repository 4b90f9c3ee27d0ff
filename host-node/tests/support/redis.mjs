// A real redis-server on a loopback port of its own, without files, ended with the test.

import { execFile, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'

/** False, or why tests that need a server are skipped. */
export const skip = await promisify(execFile)('redis-server', ['--version']).then(
  () => false,
  () => 'there is no redis-server; install it with: apt-get install -y redis-server',
)

/** A loopback port that nobody listens on. */
export async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts a server; resolves to its port, and to functions that end, stop and continue it. */
export async function startRedis(t, port) {
  port ??= await freePort()
  const settings = ['--save', '', '--appendonly', 'no', '--dir', tmpdir(), '--daemonize', 'no']
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', ...settings])
  const gone = new Promise((resolve) => server.once('exit', resolve))
  const end = () => (server.kill('SIGCONT'), server.kill('SIGKILL'), gone)
  t.after(end)
  await new Promise((resolve, reject) => {
    let text = ''
    server.stdout.on('data', (chunk) => (text += chunk).includes('Ready to accept connections') && resolve())
    gone.then(() => reject(new Error(`redis-server ended: ${text}`)))
  })
  return { port, end, stop: () => server.kill('SIGSTOP'), go: () => server.kill('SIGCONT') }
}
