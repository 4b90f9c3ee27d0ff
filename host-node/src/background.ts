// Fetches keys when they are due although no token asks: so that no token waits for old ones, and an outage is known
// before the first.

import { LIMITS } from './generated.js'
import type { Status } from './generated.js'

/** What is looked after. Both may throw: then it is tried again later. */
export interface Kept {
  status(): Status
  /** Begins a conversation, or joins one; undefined if none may begin now. */
  bring(issuer: number): unknown
}

type Timer = ReturnType<typeof setTimeout>
type Unreferable = Timer & { readonly unref?: () => void }

export class Background {
  readonly #kept: Kept
  #timer: Timer | undefined
  #stopped = false

  constructor(kept: Kept) {
    this.#kept = kept
  }

  /** To be called when keys came, or a fetch ended without them. */
  watch(): void {
    this.#wakeIn(this.#due())
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
      const kept = weak.deref()
      if (kept !== undefined) kept.#wake()
    }
    const bounded = Math.min(Math.max(seconds, LIMITS.background_least), LIMITS.background_most)
    try {
      this.#timer = setTimeout(wake, bounded * 1000)
      ;(this.#timer as Unreferable).unref?.()
    } catch {
      // Where there are no timers outside of requests, keys are fetched when tokens ask.
    }
  }

  #wake(): void {
    if (this.#due() > 0) return this.watch()
    // The end of a conversation calls `watch`.
    if (!this.#begin()) this.#wakeIn(LIMITS.background_retry)
  }

  #due(): number {
    try {
      return this.#kept.status().due ?? Infinity
    } catch {
      return LIMITS.background_retry
    }
  }

  #begin(): boolean {
    try {
      const due = this.#kept.status().issuers.map((entry, issuer) => entry.due === 0 && this.#kept.bring(issuer))
      return due.some((begun) => begun !== false && begun !== undefined)
    } catch {
      return false
    }
  }
}

/** Whether keys are kept unless an option says otherwise: a page in the background is not to ask for ever. */
export function keepsByDefault(): boolean {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: unknown } } }
  return typeof process?.versions?.node === 'string'
}
