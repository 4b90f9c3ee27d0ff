// One instance of the WebAssembly module: bytes in, one call, bytes out (docs/abi.md, "One door"). It knows nothing of
// tokens.

import { EngineError } from './errors.js'
import { ABI, LIMITS, OPERATION } from './generated.js'
import { WASM_BASE64, WASM_SHA256 } from './wasm.js'

/** The exports of the module. */
export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  authn_abi_version(): number
  authn_buffer(): number
  authn_buffer_size(): number
  authn_call(): number
}

/** The numbers beside the payload of a call; those left out are 0. Times are seconds since the Unix epoch. */
export interface Head {
  readonly verifier?: number
  readonly issuer?: number
  readonly flags?: number
  readonly now?: number
  readonly attempt?: number
}

/** The instance trapped, or answered what no sound module answers: it must not be used again. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const HEAD = LIMITS.head_bytes

export class Engine {
  readonly #exports: Exports
  readonly #start: number
  readonly #size: number
  #bytes: Uint8Array
  #head: DataView

  /** Throws EngineError for a module that speaks another interface. */
  constructor(exports: Exports = instantiate()) {
    refuseOtherAbi(exports.authn_abi_version() >>> 0)
    this.#exports = exports
    this.#start = exports.authn_buffer() >>> 0
    this.#size = exports.authn_buffer_size() >>> 0
    this.#bytes = new Uint8Array(exports.memory.buffer, this.#start, this.#size)
    this.#head = new DataView(exports.memory.buffer, this.#start, HEAD)
  }

  /** The longest payload, in bytes. */
  get room(): number {
    return this.#size - HEAD
  }

  /**
   * The answer, as text. A payload that is text and does not fit is cut: what is left is longer than any token the module
   * reads, so the module says so. Throws Broken when the instance trapped, EngineError for bytes that do not fit.
   */
  call(operation: keyof typeof OPERATION, payload: string | Uint8Array = '', head: Head = {}): string {
    try {
      this.#renew()
      const length = this.#put(payload)
      const view = this.#head
      view.setUint32(0, OPERATION[operation], true)
      view.setUint32(4, head.verifier ?? 0, true)
      view.setUint32(8, head.issuer ?? 0, true)
      view.setUint32(12, head.flags ?? 0, true)
      view.setFloat64(16, head.now ?? 0, true)
      view.setFloat64(24, Math.random(), true)
      view.setUint32(32, head.attempt ?? 0, true)
      view.setUint32(36, length, true)
      const answered = this.#exports.authn_call() >>> 0
      this.#renew()
      return decoder.decode(this.#bytes.subarray(0, answered))
    } catch (cause) {
      if (cause instanceof EngineError) throw cause
      // Whatever the module throws (a trap, a stack overflow) leaves it in an unknown state.
      throw new Broken('the instance is broken', { cause })
    }
  }

  #put(payload: string | Uint8Array): number {
    const room = this.#bytes.subarray(HEAD)
    if (typeof payload === 'string') return encoder.encodeInto(payload, room).written
    if (payload.length > room.length) throw new EngineError('the message does not fit into the buffer of the module')
    room.set(payload)
    return payload.length
  }

  // Memory that grew has detached the old views.
  #renew(): void {
    const { buffer } = this.#exports.memory
    if (this.#bytes.buffer === buffer) return
    this.#bytes = new Uint8Array(buffer, this.#start, this.#size)
    this.#head = new DataView(buffer, this.#start, HEAD)
  }
}

/** SHA-256 of the module's bytes, hexadecimal. */
export const moduleDigest: string = WASM_SHA256

/** A new instance of the module that the package carries, compiled once per process. */
export function instantiate(): Exports {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(WASM_BASE64), (letter) => letter.charCodeAt(0)))
  return new WebAssembly.Instance(compiled, {}).exports as unknown as Exports
}

let compiled: WebAssembly.Module | undefined

function refuseOtherAbi(version: number): void {
  const found = `${version >>> 16}.${version & 0xffff}`
  const [major] = ABI.split('.')
  if (found.split('.')[0] !== major) throw new EngineError(`the module speaks ABI ${found}; this host needs ${major}.x`)
}
