#!/usr/bin/env node
// What `npx @fuzefront/authn` starts: gives the tools the command line, finds the facts that they need, prints.

import { readFile } from 'node:fs/promises'
import process from 'node:process'
import type { Fetch } from './http.js'
import { run } from './tools.js'

interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const VARIABLES = ['AUTHN_TOKEN', 'NO_COLOR', 'TERM']

// Who reads the output may stop early, as `head` does.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error
})

const environment = Object.fromEntries(
  VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
)
const terminal = { stdin: process.stdin.isTTY === true, stdout: process.stdout.isTTY === true }
const asked = { arguments: process.argv.slice(2), environment, terminal }
try {
  const { code, stdout, stderr } = await run<Printed>(asked, {
    now: () => Date.now() / 1000,
    fetch: globalThis.fetch as Fetch,
    readFile,
    stdin: readStdin,
  })
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = code
} catch (error) {
  process.stderr.write(`authn: no verdict: ${String(error)}\n`)
  process.exitCode = 3
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for await (const chunk of process.stdin) chunks.push(new Uint8Array(chunk))
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}
