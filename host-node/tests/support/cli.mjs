// The command line run in this process, with all it touches given.

import { main } from '../../build/cli/main.js'
import { NOW } from './tokens.mjs'

/**
 * Runs one command line; resolves to code, stdout, stderr. `files` is path → text; without `stdin` the input is a
 * terminal; without `fetch` the network may not be touched.
 */
export async function run(argv, { env = {}, files = {}, stdin, tty = false, now = NOW, fetch = noNetwork } = {}) {
  const output = { stdout: '', stderr: '' }
  const code = await main({
    argv,
    env,
    stdin: async () => Buffer.from(stdin),
    stdinIsTTY: stdin === undefined,
    stdout: (text) => (output.stdout += text),
    stderr: (text) => (output.stderr += text),
    isTTY: tty,
    now: () => now,
    fetch,
    readFile: async (path) => {
      if (path in files) return Buffer.from(files[path])
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    },
  })
  return { code, ...output }
}

async function noNetwork(url) {
  throw new Error(`the network was touched: ${url}`)
}
