// Loads the WebAssembly module and speaks its interface (docs/abi.md); knows nothing of tokens. An engine is one
// instance with its memory: one message in, one call, one message out.

import type { About, ContractAnswer, Diagnosed, Explained, IssuerStatus } from './answers.js'
import type { OfferAnswer, Opened, Refused, Verdict } from './answers.js'
import { EngineError } from './errors.js'
import type { UnverifiedToken } from './inspection.js'
import { sha256 } from './sha256.js'
import { WASM_BASE64 } from './wasm.js'

const ABI_MAJOR = 1

export const FORM = { token: 0, authorization: 1 } as const
export type Form = (typeof FORM)[keyof typeof FORM]

const TOO_LARGE = {
  policy: { error: { code: 'INVALID_POLICY', path: '', message: 'the policy is too large' } },
  contract: { error: { code: 'INVALID_CONTRACT', path: '', message: 'the contract is too large' } },
} as const satisfies Record<string, Refused>
const WHAT = { discovery: 0, key_set: 1 } as const

/** The exports of the module. */
export interface Door {
  readonly memory: { readonly buffer: ArrayBuffer }
  authn_abi_version(): number
  authn_buffer(): number
  authn_buffer_size(): number
  authn_about(): number
  authn_open(length: number): number
  authn_close(verifier: number): number
  authn_verify(verifier: number, form: number, now: number, length: number): number
  authn_fetch_started(verifier: number, issuer: number, now: number): number
  authn_offer(
    verifier: number,
    issuer: number,
    what: number,
    now: number,
    maxAge: number,
    jitter: number,
    length: number,
  ): number
  authn_restore(
    verifier: number,
    issuer: number,
    now: number,
    fetched: number,
    maxAge: number,
    jitter: number,
    length: number,
  ): number
  authn_fetch_failed(verifier: number, issuer: number, now: number, retryAfter: number, jitter: number): number
  authn_fetch_abandoned(verifier: number, issuer: number, now: number): number
  authn_status(verifier: number, now: number): number
  authn_explain(verifier: number, form: number, values: number, now: number, length: number): number
  authn_inspect(length: number): number
  authn_contract(length: number): number
  authn_diagnose(length: number): number
}

/** A fetched body and what the module was told with it. Durations in seconds, negative for "not given". */
export interface Offer {
  readonly issuer: number
  readonly what: 'discovery' | 'key_set'
  readonly body: Uint8Array
  readonly now: number
  readonly maxAge: number
  readonly jitter: number
}

/** A key set that was fetched at another time, or by another instance. */
export interface Restored extends Offer {
  readonly what: 'key_set'
  readonly fetched: number
}

/** The instance trapped, or answered what no sound module answers: it must not be used again. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class Engine {
  readonly #door: Door
  readonly #buffer: number
  readonly #size: number
  #view: Uint8Array
  #answered = 0
  #text = ''

  /** Throws EngineError for a module that speaks another interface. */
  constructor(door: Door = instantiate()) {
    refuseOtherAbi(door.authn_abi_version() >>> 0)
    this.#door = door
    this.#buffer = door.authn_buffer() >>> 0
    this.#size = door.authn_buffer_size() >>> 0
    this.#view = new Uint8Array(door.memory.buffer, this.#buffer, this.#size)
  }

  about(): About {
    return this.#ask(() => this.#door.authn_about())
  }

  open(policy: string): Opened | Refused {
    const bytes = encoder.encode(policy)
    if (bytes.length > this.#size) return this.#refuse(TOO_LARGE.policy)
    return this.#ask(() => this.#door.authn_open(this.#putWhole(bytes)))
  }

  /** A text that does not fit is cut: what is left is longer than any token the module reads, so it says so. */
  verify(verifier: number, form: Form, now: number, text: string): Verdict {
    return this.#ask(() => this.#door.authn_verify(verifier, form, now, this.#putText(text)))
  }

  /** Like `verify`, on bytes: what no text can express. */
  verifyBytes(verifier: number, form: Form, now: number, bytes: Uint8Array): Verdict {
    return this.#ask(() => this.#door.authn_verify(verifier, form, now, this.#putWhole(bytes.subarray(0, this.#size))))
  }

  fetchStarted(verifier: number, issuer: number, now: number): { readonly allowed: boolean } {
    return this.#ask(() => this.#door.authn_fetch_started(verifier, issuer, now))
  }

  offer(verifier: number, { issuer, what, body, now, maxAge, jitter }: Offer): OfferAnswer {
    return this.#ask(() =>
      this.#door.authn_offer(verifier, issuer, WHAT[what], now, maxAge, jitter, this.#putWhole(body)),
    )
  }

  restore(verifier: number, { issuer, body, now, fetched, maxAge, jitter }: Restored): OfferAnswer {
    if (body.length > this.#size) return { result: 'refused', reason: 'too_large' }
    return this.#ask(() =>
      this.#door.authn_restore(verifier, issuer, now, fetched, maxAge, jitter, this.#putWhole(body)),
    )
  }

  fetchFailed(verifier: number, issuer: number, now: number, retryAfter: number, jitter: number): unknown {
    return this.#ask(() => this.#door.authn_fetch_failed(verifier, issuer, now, retryAfter, jitter))
  }

  fetchAbandoned(verifier: number, issuer: number, now: number): unknown {
    return this.#ask(() => this.#door.authn_fetch_abandoned(verifier, issuer, now))
  }

  status(verifier: number, now: number): { readonly issuers: readonly IssuerStatus[] } {
    return this.#ask(() => this.#door.authn_status(verifier, now))
  }

  /** Like `verify`, with every step; changes nothing. */
  explain(verifier: number, form: Form, values: boolean, now: number, text: string): Explained {
    return this.#ask(() => this.#door.authn_explain(verifier, form, values ? 1 : 0, now, this.#putText(text)))
  }

  /** A text that does not fit is cut, as for `verify`. */
  inspect(text: string): UnverifiedToken {
    return this.#ask(() => this.#door.authn_inspect(this.#putText(text)))
  }

  contract(request: string): ContractAnswer | Refused {
    const bytes = encoder.encode(request)
    if (bytes.length > this.#size) return this.#refuse(TOO_LARGE.contract)
    return this.#ask(() => this.#door.authn_contract(this.#putWhole(bytes)))
  }

  /** Throws EngineError for a request beyond `size`. */
  diagnose(request: string): Diagnosed | Refused {
    return this.#ask(() => this.#door.authn_diagnose(this.#putWhole(encoder.encode(request))))
  }

  close(verifier: number): boolean {
    return this.#door.authn_close(verifier) === 1
  }

  /** The largest message, in bytes. */
  get size(): number {
    return this.#size
  }

  /** The bytes of the last answer; a view that the next call overwrites. */
  lastAnswer(): Uint8Array {
    return this.#bytes().subarray(0, this.#answered)
  }

  /** The last answer as it came. */
  lastText(): string {
    return this.#text
  }

  // What does not fit cannot be handed in; it is refused in the module's form.
  #refuse(refused: Refused): Refused {
    this.#text = JSON.stringify(refused)
    return refused
  }

  // Memory that grew has detached the old view.
  #bytes(): Uint8Array {
    const { buffer } = this.#door.memory
    if (this.#view.buffer !== buffer) this.#view = new Uint8Array(buffer, this.#buffer, this.#size)
    return this.#view
  }

  #putText(text: string): number {
    return encoder.encodeInto(text, this.#bytes()).written
  }

  #putWhole(bytes: Uint8Array): number {
    if (bytes.length > this.#size) throw new EngineError('the message does not fit into the buffer of the module')
    this.#bytes().set(bytes)
    return bytes.length
  }

  // Whatever the module throws (a trap, a stack overflow) leaves it in an unknown state.
  #ask<T>(call: () => number): T {
    let answer: unknown
    try {
      this.#answered = call() >>> 0
      this.#text = decoder.decode(this.lastAnswer())
      answer = JSON.parse(this.#text)
    } catch (cause) {
      if (cause instanceof EngineError) throw cause
      throw new Broken('the instance is broken', { cause })
    }
    return soundAnswer(answer) as T
  }
}

/** SHA-256 of the module's bytes, hexadecimal. */
export function moduleDigest(): string {
  digest ??= sha256(wasmBytes())
  return digest
}

/** A new instance of the module that the package carries, compiled once per process. */
export function instantiate(): Door {
  compiled ??= new WebAssembly.Module(wasmBytes())
  return new WebAssembly.Instance(compiled, {}).exports as unknown as Door
}

let compiled: WebAssembly.Module | undefined
let digest: string | undefined

function wasmBytes(): Uint8Array<ArrayBuffer> {
  const text = atob(WASM_BASE64)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}

function refuseOtherAbi(version: number): void {
  const major = version >>> 16
  if (major === ABI_MAJOR) return
  throw new EngineError(`the module speaks interface ${major}.${version & 0xffff}; this host needs ${ABI_MAJOR}.x`)
}

function soundAnswer(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) throw new Broken('the answer is not an object')
  const error = (answer as Partial<Refused>).error
  if (error?.code === 'INVALID_CALL') throw new EngineError(error.message)
  return answer
}
