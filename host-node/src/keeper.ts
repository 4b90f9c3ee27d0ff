// Fetches keys when they are due although no token asks (docs/abi.md, "The host's part", 6): so that no token waits for
// old ones, and an outage is known before the first.

import type { FetchRequest, IssuerStatus } from './answers.js'

/** What is kept. Both may throw: then it is tried again later. */
export interface Kept {
  status(): readonly IssuerStatus[]
  /** Begins a fetch, or joins one; undefined if none may be made now. */
  fetch(request: FetchRequest): unknown
}

type Timer = ReturnType<typeof setTimeout>
type Unreferable = Timer & { readonly unref?: () => void }

// Seconds: timers may be a little early, and a busy machine late.
const SOONEST = 1
const LATEST = 3600
// Nothing can be fetched, such as without `fetch`, or nobody knows, as the clock fails.
const REFUSED = 60

export class Keeper {
  readonly #kept: Kept
  #timer: Timer | undefined
  #stopped = false

  constructor(kept: Kept) {
    this.#kept = kept
  }

  /** To be called whenever keys came, or a fetch ended without them. */
  watch(): void {
    const status = this.#status()
    this.#wakeIn(status === undefined ? REFUSED : Math.min(...status.map(({ due }) => due ?? Infinity)))
  }

  /** Nothing is fetched any more. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #wakeIn(seconds: number): void {
    clearTimeout(this.#timer)
    if (this.#stopped || seconds === Infinity) return
    // Weak, and not counted as work: neither a verifier nor a process lives on for it.
    const weak = new WeakRef(this)
    const wake = (): void => {
      const keeper = weak.deref()
      if (keeper !== undefined) keeper.#wake()
    }
    try {
      this.#timer = setTimeout(wake, Math.min(Math.max(seconds, SOONEST), LATEST) * 1000)
      ;(this.#timer as Unreferable).unref?.()
    } catch {
      // Where there are no timers outside of requests, keys are fetched when tokens ask.
    }
  }

  #wake(): void {
    const due = this.#status()?.filter((entry) => entry.due === 0)
    if (due === undefined || due.length === 0) return this.watch()
    const begun = due.map(({ fetch }) => fetch !== null && this.#fetch(fetch) !== undefined)
    // The end of a fetch calls `watch`.
    if (!begun.includes(true)) this.#wakeIn(REFUSED)
  }

  #status(): readonly IssuerStatus[] | undefined {
    try {
      return this.#kept.status()
    } catch {
      return undefined
    }
  }

  #fetch(request: FetchRequest): unknown {
    try {
      return this.#kept.fetch(request)
    } catch {
      return undefined
    }
  }
}

/** Whether keys are kept unless an option says otherwise: a page in the background is not to ask for ever. */
export function keepsByDefault(): boolean {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: unknown } } }
  return typeof process?.versions?.node === 'string'
}
