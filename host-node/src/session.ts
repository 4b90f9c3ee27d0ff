// One opened policy in an instance of its own. After a trap the next call gets a new instance, which is told the policy
// and the kept records.

import { read } from './abi.js'
import { Broken, Engine } from './engine.js'
import type { Exports, Head } from './engine.js'
import { EngineError, PolicyError } from './errors.js'
import { LIMITS, OPERATION } from './generated.js'
import type { Event, Opened, Refused, Restored, Step } from './generated.js'

const EVENTS = 1

/** What a call may be told besides its payload. */
export type Told = Omit<Head, 'verifier'>

export class Session {
  /** SHA-256 of the policy in canonical form. */
  readonly fingerprint: string
  /** The allowed names of every issuer entry. */
  readonly names: readonly (readonly string[])[]
  /** Whether keys of any entry are fetched. */
  readonly fetches: boolean
  readonly #policy: string
  readonly #instantiate: () => Exports
  readonly #events: ((event: Event) => void) | undefined
  /** Of every entry: the record of its keys (docs/abi.md, "Records"). */
  readonly #records = new Map<number, string>()
  /** The time that the module was last told. */
  #now = 0
  #open: { readonly engine: Engine; readonly verifier: number } | undefined

  /** Throws PolicyError for a policy the module refuses, EngineError for a module that cannot be used. */
  constructor(policy: string, instantiate: () => Exports, events: ((event: Event) => void) | undefined) {
    this.#policy = policy
    this.#instantiate = instantiate
    this.#events = events
    try {
      const { engine, opened } = this.#openPolicy()
      this.#open = { engine, verifier: opened.verifier }
      this.fingerprint = opened.fingerprint
      this.names = opened.issuers.map(({ issuer }) => issuer)
      this.fetches = opened.issuers.some(({ keys }) => keys === 'discovery' || keys === 'jwks_uri')
    } catch (cause) {
      if (cause instanceof Broken) throw new EngineError('the module traps when a policy is opened', { cause })
      throw cause
    }
  }

  /** The answer of one operation. Its events are told. Throws Broken when the instance was lost on the way. */
  ask<Answer>(operation: keyof typeof OPERATION, told: Told, payload?: string | Uint8Array): Answer {
    this.#now = told.now ?? this.#now
    const answer = this.#use((engine, verifier) => read<Answer>(engine.call(operation, payload, { ...told, verifier })))
    const { events } = answer as { readonly events?: readonly Event[] }
    if (events !== undefined && this.#events !== undefined) events.forEach(this.#events)
    return answer
  }

  /** Takes in a record; it is kept if it came into force. */
  restore(record: string, now: number): Restored {
    // Beyond the buffer it would be cut.
    if (
      record.length > LIMITS.message_bytes / 2 &&
      encoder.encode(record).length > LIMITS.message_bytes - LIMITS.head_bytes
    )
      return { result: 'refused', reason: 'too_large' }
    const answer = this.ask<Restored>('restore', { now }, record)
    if (answer.result === 'stored' && answer.issuer !== undefined) this.#records.set(answer.issuer, record)
    return answer
  }

  /** Keeps what a step says is the record of an entry; `body` is what was told before the step. */
  keep(issuer: number, { record, keep }: Step, body: string): void {
    if (record !== undefined) this.#records.set(issuer, `${record}\n${body}`)
    else if (keep === true) this.#records.set(issuer, body)
  }

  /** The record of an entry, or of all that have one. */
  record(issuer: number): string | undefined {
    return this.#records.get(issuer)
  }

  records(): readonly string[] {
    return [...this.#records].sort(([a], [b]) => a - b).map(([, record]) => record)
  }

  #use<T>(work: (engine: Engine, verifier: number) => T): T {
    const { engine, verifier } = (this.#open ??= this.#reopen())
    try {
      return work(engine, verifier)
    } catch (error) {
      if (error instanceof Broken) this.#open = undefined
      throw error
    }
  }

  #reopen(): { readonly engine: Engine; readonly verifier: number } {
    try {
      const { engine, opened } = this.#openPolicy()
      const { verifier } = opened
      for (const record of this.#records.values()) engine.call('restore', record, { verifier, now: this.#now })
      return { engine, verifier }
    } catch (error) {
      // A record that breaks instances must not break the next one too: the keys are fetched again.
      this.#records.clear()
      throw error
    }
  }

  #openPolicy(): { readonly engine: Engine; readonly opened: Opened } {
    const engine = new Engine(this.#instantiate())
    const policy = encoder.encode(this.#policy)
    if (policy.length > engine.room) throw new PolicyError('the policy is too large', '')
    const flags = this.#events === undefined ? 0 : EVENTS
    const opened = read<Opened | Refused>(engine.call('open', policy, { flags }))
    if ('error' in opened) throw new PolicyError(opened.error.message, opened.error.path ?? '')
    return { engine, opened }
  }
}

const encoder = new TextEncoder()
