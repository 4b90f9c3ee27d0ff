// Runs the tools (docs/tools.md): the module says which facts it needs, they are found here, until it has an answer.
// Loaded by the command line and the doctor only.

import { Broken, Engine, moduleDigest } from './engine.js'
import type { Head } from './engine.js'
import { EngineError } from './errors.js'
import { FAMILY_CONTRACT } from './family.js'
import { OPERATION } from './generated.js'
import { get } from './http.js'
import type { Fetch } from './http.js'
import { TOOLS_BASE64 } from './tools-wasm.js'

/** Where facts come from; what is left out is not there. */
export interface World {
  /** Seconds since the Unix epoch. */
  readonly now: () => number
  readonly fetch?: Fetch | undefined
  readonly readFile?: (path: string) => Promise<Uint8Array>
  readonly stdin?: () => Promise<Uint8Array>
}

interface Effect {
  readonly do: 'ask' | 'fetch' | 'now' | 'package' | 'read' | 'stdin'
  readonly [name: string]: any
}

interface Answer {
  readonly needs?: readonly Effect[]
  readonly done?: unknown
  readonly error?: { readonly message: string }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  authn_tools_room(length: number): number
  authn_tools_call(): number
  authn_tools_answer(): number
}

/** What the tools answer to `asked`. Throws EngineError for a module that traps. */
export async function run<Done>(asked: object, world: World): Promise<Done> {
  const tools = new WebAssembly.Instance(compiled(), {}).exports as unknown as Exports
  const verifier = new Engine()
  const facts: unknown[] = []
  for (;;) {
    const { needs, done, error } = call(tools, { ...asked, facts })
    if (error !== undefined) throw new EngineError(error.message)
    if (needs === undefined) return done as Done
    facts.push(...(await Promise.all(needs.map((effect) => perform(effect, world, verifier)))))
  }
}

function call(tools: Exports, message: object): Answer {
  try {
    const bytes = encoder.encode(JSON.stringify(message))
    const room = tools.authn_tools_room(bytes.length) >>> 0
    new Uint8Array(tools.memory.buffer, room, bytes.length).set(bytes)
    const length = tools.authn_tools_call() >>> 0
    const text = decoder.decode(new Uint8Array(tools.memory.buffer, tools.authn_tools_answer() >>> 0, length))
    return JSON.parse(text) as Answer
  } catch (cause) {
    throw new EngineError('the tools trap', { cause })
  }
}

async function perform(effect: Effect, world: World, verifier: Engine): Promise<unknown> {
  switch (effect.do) {
    case 'ask':
      return ask(effect, verifier)
    case 'fetch':
      return look(effect, world.fetch)
    case 'now':
      return { now: world.now() }
    case 'package':
      return { contract: FAMILY_CONTRACT, module_sha256: moduleDigest }
    case 'read':
      return text(world.readFile?.(effect['path'] as string))
    case 'stdin':
      return text(world.stdin?.())
  }
}

function ask(effect: Effect, verifier: Engine): unknown {
  const { operation, payload } = effect
  const name = (Object.keys(OPERATION) as (keyof typeof OPERATION)[]).find((key) => OPERATION[key] === operation)
  if (name === undefined) return { error: `there is no operation ${operation}` }
  try {
    // A text that does not fit is cut: what is left is longer than any token that is read.
    return { answer: verifier.call(name, bytesOf(payload as string).subarray(0, verifier.room), effect as Head) }
  } catch (error) {
    if (error instanceof Broken) return { error: 'authn.wasm traps' }
    throw error
  }
}

async function look(effect: Effect, fetch: Fetch | undefined): Promise<unknown> {
  if (fetch === undefined) return { error: 'no_fetch', elapsed: 0 }
  const { url, headers, report, timeout, max_bytes, body: wanted } = effect
  const { facts, body } = await get(fetch, { url, headers, report, timeout, max_bytes, body: wanted })
  return { ...facts, body: base64url(body) }
}

async function text(bytes: Promise<Uint8Array> | undefined): Promise<unknown> {
  try {
    return { text: decoder.decode(await bytes) }
  } catch (error) {
    return { error: String((error as { readonly code?: unknown } | undefined)?.code ?? 'it failed') }
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

let module: WebAssembly.Module | undefined

function compiled(): WebAssembly.Module {
  return (module ??= new WebAssembly.Module(bytesOf(TOOLS_BASE64)))
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
}

function base64url(bytes: Uint8Array): string {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
