// Brings keys: has the conversation in which the module says what to do next (docs/abi.md, "Bringing keys"), one at a
// time for each issuer entry.

import { Broken } from './engine.js'
import type { Abandoned, FetchStep, Step } from './generated.js'
import { join } from './http.js'
import type { Fetch, Flight } from './http.js'
import type { Session } from './session.js'
import { ask } from './store.js'
import type { KeyStore } from './store.js'

/** What keys are brought with; `now` throws when the clock gives no time. */
export interface KeyOptions {
  readonly session: Session
  readonly now: () => number
  readonly fetch: Fetch | undefined
  readonly store: KeyStore | undefined
  /** A conversation ended, whatever came of it. */
  readonly ended: () => void
}

/** A conversation under way. */
interface Running {
  /** Fulfilled when waiting callers may ask again; then only a store is told. */
  readonly settled: Promise<void>
  readonly ended: Promise<void>
  isSettled: boolean
}

interface Told {
  readonly facts: object
  readonly body: string | Uint8Array
  readonly failure?: Error
  /** What was got. */
  readonly url?: string
}

const STORE = 1
const LOCKS = 2
const encoder = new TextEncoder()
// Not a byte may get lost: the record has a hash over all of them.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class Keys {
  readonly #options: KeyOptions
  readonly #running = new Map<number, Running>()
  readonly #flights = new Set<Flight>()
  readonly #failures = new Map<number, Error>()
  #closed = false

  constructor(options: KeyOptions) {
    this.#options = options
  }

  /** Why the last fetch for an issuer entry brought nothing, for a log; undefined once one brought keys. */
  failure(issuer: number | undefined): Error | undefined {
    return issuer === undefined ? undefined : this.#failures.get(issuer)
  }

  /** Joins the conversation for an issuer entry: fulfilled when waiting callers may ask again, and never rejected. */
  running(issuer: number): Promise<void> | undefined {
    return this.#running.get(issuer)?.settled
  }

  /** Joins or begins the conversation for an issuer entry, as `running`. Undefined when none may begin now. */
  bring(issuer: number): Promise<void> | undefined {
    const running = this.#running.get(issuer)
    if (this.#closed) return running?.settled
    if (running !== undefined) return running.isSettled ? running.ended.then(() => this.bring(issuer)) : running.settled
    const first = this.#begin(issuer)
    if (first === undefined || first.do === 'nothing') return undefined
    let settle = (): void => undefined
    const settled = new Promise<void>((resolve) => (settle = resolve))
    const ended = this.#converse(issuer, first, () => {
      begun.isSettled = true
      settle()
    }).finally(() => {
      this.#running.delete(issuer)
      settle()
      this.#options.ended()
    })
    const begun: Running = { settled, ended, isSettled: false }
    this.#running.set(issuer, begun)
    return settled
  }

  /** Gives up what is under way; nothing is fetched any more. */
  close(): void {
    this.#closed = true
    for (const flight of this.#flights) flight.leave()
    this.#flights.clear()
  }

  #begin(issuer: number): Step | undefined {
    const { session, now, store } = this.#options
    const flags = store === undefined ? 0 : STORE | (store.lock === undefined ? 0 : LOCKS)
    try {
      return session.ask('fetch', { issuer, flags, now: now() })
    } catch {
      // The instance or the clock failed: as if no fetch were allowed. The next request starts over.
      return undefined
    }
  }

  async #converse(issuer: number, first: Step, settled: () => void): Promise<void> {
    const { session, now } = this.#options
    let step = first
    try {
      while (step.do !== 'done' && step.do !== 'nothing') {
        // What was fetched is still shared, and the lock given back; nothing else is done after `close`.
        if (this.#closed && step.do !== 'save' && step.do !== 'unlock') break
        const told: Told = await this.#perform(issuer, step)
        if (this.#closed && step.do === 'fetch') break
        step = session.ask<Step>('told', { issuer, now: now() }, message(told))
        session.keep(issuer, step, typeof told.body === 'string' ? told.body : decoder.decode(told.body))
        this.#remember(issuer, told, step)
        if (step.settled === true) settled()
      }
    } catch (error) {
      this.#failures.set(issuer, error instanceof Error ? error : new Error(String(error)))
      if (error instanceof Broken) return this.#fail(issuer)
    }
    if (step.do !== 'done') this.#abandon(issuer)
  }

  #perform(issuer: number, step: Exclude<Step, { do: 'done' | 'nothing' }>): Told | Promise<Told> {
    if (step.do === 'fetch') return this.#get(step)
    if (step.do === 'pause') return pause(step.seconds)
    const { store, session } = this.#options
    if (store === undefined) return { facts: { failed: 'error', elapsed: 0 }, body: '' }
    return ask(store, step, session.record(issuer) ?? '').then(({ facts, value = '' }) => ({ facts, body: value }))
  }

  async #get(step: FetchStep): Promise<Told> {
    const { url } = step
    // Looked up at each fetch: test doubles and polyfills replace the global one.
    const fetch = this.#options.fetch ?? (globalThis.fetch as Fetch | undefined)
    if (fetch === undefined) {
      const failure = new Error('there is no `fetch` here')
      return { facts: { error: 'no_fetch', elapsed: 0 }, body: '', failure, url }
    }
    const flight = join(fetch, step)
    this.#flights.add(flight)
    const answer = await flight.answer
    if (this.#flights.delete(flight)) flight.leave()
    return { ...answer, url }
  }

  #remember(issuer: number, { failure, url = '' }: Told, { error, message, record, keep }: Step): void {
    if (error !== undefined) this.#failures.set(issuer, failure ?? new Error(`\`${url}\`: ${message ?? error}`))
    else if (record !== undefined || keep === true) this.#failures.delete(issuer)
  }

  // What breaks an instance counts as a failed fetch in the next one, so that it is not fetched again at once.
  #fail(issuer: number): void {
    const { session, now } = this.#options
    try {
      const step = session.ask<Step>('fetch', { issuer, now: now() })
      if (step.do === 'fetch') session.ask('told', { issuer, now: now() }, '{"error":"network","elapsed":0}\n')
    } catch {
      // No instance or no clock: the checks say so.
    }
  }

  // Without this the module would count it as under way, and nobody would fetch or wait for some time.
  #abandon(issuer: number): void {
    try {
      const { unlock: key } = this.#options.session.ask<Abandoned>('abandon', { issuer })
      if (key !== undefined) this.#options.store?.unlock?.(key)?.catch(() => undefined)
    } catch {
      // No instance: the next one knows of no conversation.
    }
  }
}

function message({ facts, body }: Told): string | Uint8Array {
  const head = JSON.stringify(facts) + '\n'
  if (typeof body === 'string') return head + body
  const line = encoder.encode(head)
  const whole = new Uint8Array(line.length + body.length)
  whole.set(line)
  whole.set(body, line.length)
  return whole
}

function pause(seconds: number): Promise<Told> {
  const started = performance.now()
  return new Promise((resolve) =>
    setTimeout(() => resolve({ facts: { elapsed: (performance.now() - started) / 1000 }, body: '' }), seconds * 1000),
  )
}
