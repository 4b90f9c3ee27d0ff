// All that the command line touches outside itself, injected: tests and the parity test run it in their own process.

import type { Fetch } from '../download.js'
import { looksLikeToken } from './secrecy.js'

export interface Io {
  /** Without the interpreter and the script. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: () => Promise<Uint8Array>
  readonly stdinIsTTY: boolean
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Whether standard output is a terminal. */
  readonly isTTY: boolean
  /** Seconds since the Unix epoch. */
  readonly now: () => number
  readonly fetch: Fetch | undefined
  readonly readFile: (path: string) => Promise<Uint8Array>
}

/** The exit codes (docs/cli.md). */
export const EXIT = { good: 0, bad: 1, usage: 2, unknown: 3 } as const

/** A command's outcome: its exit code, the line for `--json`, and what people read. */
export interface Outcome {
  readonly code: number
  readonly json: string
  readonly page: (paper: Paper) => string
  /** What the contract warns of; people read it below the page. */
  readonly warning?: string | undefined
}

/** How people's output is styled. */
export interface Paper {
  readonly colour: boolean
  readonly now: number
}

/** A mistake in how the command was called. `json` is the module's refusal, where it was the module that refused. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly json: string | undefined

  constructor(message: string, json?: string) {
    super(message)
    this.json = json
  }
}

/** The text of a file. Throws UsageError naming the option that asked for it. */
export async function readText(io: Io, option: string, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await io.readFile(path))
  } catch (error) {
    if (looksLikeToken(path)) throw new UsageError(tokenFor(option))
    const code = (error as { readonly code?: unknown } | undefined)?.code
    throw new UsageError(`${option}: cannot read \`${path}\`: ${String(code ?? 'it failed')}`)
  }
}

// A token given where a file belongs must not reach a terminal or a log.
function tokenFor(option: string): string {
  const value = option.startsWith('-') ? `the value of ${option}` : `the argument of ${option}`
  const instead = option === '--token-file' ? 'the token as argument, or by standard input' : 'the name of a file'
  return `${value} looks like a token, not a file; give ${instead}`
}

/** The text of a JSON file, as it stands. Throws UsageError if it is none; what is too deep, the module refuses. */
export async function readJson(io: Io, option: string, path: string): Promise<string> {
  const text = await readText(io, option, path)
  if (isDeep(text)) return text
  try {
    JSON.parse(text)
  } catch {
    throw new UsageError(`${option}: \`${path}\` is not JSON`)
  }
  return text
}

// Deeper than the module reads, and less deep than what the parser of either host can bear: so they answer alike.
const DEEP = 200

function isDeep(text: string): boolean {
  let depth = 0
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\[^])*"|[[\]{}]/g)) {
    if (part === '[' || part === '{') depth++
    else if (part === ']' || part === '}') depth--
    if (depth > DEEP) return true
  }
  return false
}
