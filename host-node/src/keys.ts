// Brings keys when the module says so (docs/abi.md, "The host's part"): follows a fetch from the discovery document
// to the key set in force, and tells the module how it went.

import type { FetchRequest, OfferAnswer } from './answers.js'
import { join, underWay } from './download.js'
import type { DownloadLimits, Fetch, Flight, Outcome } from './download.js'
import { maxAgeLeft, retryAfterSeconds } from './freshness.js'
import type { Offer } from './engine.js'

/** What the module is told; `now` throws when the clock gives no time. */
export interface KeyPort {
  now(): number
  fetchStarted(issuer: number, now: number): boolean
  offer(offer: Offer): OfferAnswer
  fetchFailed(issuer: number, now: number, retryAfter: number): void
}

// A discovery document, then the key set it names.
const MAX_HOPS = 2

export class KeyFetcher {
  readonly #port: KeyPort
  readonly #fetch: Fetch | undefined
  readonly #limits: DownloadLimits
  readonly #running = new Map<number, Promise<void>>()
  readonly #flights = new Set<Flight>()
  readonly #failures = new Map<number, Error>()
  #closed = false

  constructor(port: KeyPort, fetch: Fetch | undefined, limits: DownloadLimits) {
    this.#port = port
    this.#fetch = fetch
    this.#limits = limits
  }

  /** Why the last fetch (for this issuer) brought nothing. */
  failure(issuer?: number): Error | undefined {
    return issuer === undefined ? [...this.#failures.values()].at(-1) : this.#failures.get(issuer)
  }

  /** The fetch under way for this issuer. */
  running(issuer: number): Promise<void> | undefined {
    return this.#running.get(issuer)
  }

  /** Joins or starts a fetch. Undefined when none may be made now; the promise never rejects. */
  run(request: FetchRequest): Promise<void> | undefined {
    const running = this.#running.get(request.issuer)
    if (running !== undefined || this.#closed) return running
    // Looked up at each fetch: test doubles and polyfills replace the global one.
    const fetch = this.#fetch ?? (globalThis.fetch as Fetch | undefined)
    if (fetch === undefined) return void this.#failures.set(request.issuer, new Error('there is no `fetch` here'))
    if (!underWay(fetch, request.url) && !this.#port.fetchStarted(request.issuer, this.#port.now())) return undefined
    const run = this.#follow(request, fetch).finally(() => this.#running.delete(request.issuer))
    this.#running.set(request.issuer, run)
    return run
  }

  /** Gives up what is under way; nothing is fetched any more. */
  close(): void {
    this.#closed = true
    for (const flight of this.#flights) flight.leave()
    this.#flights.clear()
  }

  async #follow(request: FetchRequest, fetch: Fetch): Promise<void> {
    const { issuer } = request
    let next: FetchRequest | undefined = request
    this.#failures.delete(issuer)
    try {
      for (let hop = 0; hop < MAX_HOPS && next !== undefined; hop++) {
        const outcome = await this.#download(fetch, next.url)
        if (this.#closed) return
        next = this.#tell(issuer, next, outcome)
      }
    } catch (error) {
      this.#fail(issuer, error, -1)
    }
  }

  async #download(fetch: Fetch, url: string): Promise<Outcome> {
    const flight = join(fetch, url, this.#limits)
    this.#flights.add(flight)
    const outcome = await flight.outcome
    if (this.#flights.delete(flight)) flight.leave()
    return outcome
  }

  #tell(issuer: number, { what, url }: FetchRequest, outcome: Outcome): FetchRequest | undefined {
    const now = this.#port.now()
    if ('error' in outcome) return this.#fail(issuer, outcome.error, retryAfterSeconds(outcome.retryAfter, now))
    const maxAge = maxAgeLeft(outcome.cacheControl, outcome.age)
    const answer = this.#port.offer({ issuer, what, body: outcome.body, now, maxAge, jitter: Math.random() })
    if (answer.result === 'fetch') return answer.fetch
    if (answer.result === 'refused') this.#failures.set(issuer, new Error(`refused \`${url}\`: ${answer.reason}`))
    return undefined
  }

  #fail(issuer: number, error: unknown, retryAfter: number): undefined {
    this.#failures.set(issuer, error instanceof Error ? error : new Error('the fetch failed'))
    try {
      this.#port.fetchFailed(issuer, this.#port.now(), retryAfter)
    } catch {
      // No clock or no instance: there is nothing left to tell, and the next request starts over.
    }
  }
}
