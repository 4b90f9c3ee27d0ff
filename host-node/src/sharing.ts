// One fetch for a fleet: before a fetch, looks whether another replica has just made it, or is making it now; after
// it, tells the others (docs/keys.md, "Shared store").

import type { FetchRequest, IssuerStatus } from './answers.js'
import type { Observer } from './observer.js'
import { sha256 } from './sha256.js'
import type { SnapshotEntry } from './snapshot.js'
import { GuardedStore } from './store.js'

/** Key sets in and out of the verifier; all of them may throw. */
export interface SharingPort {
  /** Takes in what the store has; whether it brought what was wanted. */
  take(request: FetchRequest, text: string): boolean
  /** What was fetched, for the others. */
  entry(issuer: number): SnapshotEntry | undefined
}

// Between two looks while another replica fetches; milliseconds.
const POLL = 50
// How long another replica may fetch before this one does it itself, in seconds, when callers wait for it: they are
// kept for three seconds. Less would have every replica fetch from an issuer that is slow; the other one is rarely dead.
// With nobody waiting it is the time that a fetch may take.
const PATIENCE = 2.5
const PREFIX = 'fuzefront-authn:1'
// How long the module lets a set serve while the issuer answers, in seconds: its freshness, which has bounds, and a
// quarter of it.
const FRESHNESS = { default: 240, least: 60, most: 3600 }
const HARD_AGE_FACTOR = 1.25

export class Sharing {
  readonly #store: GuardedStore
  readonly #port: SharingPort
  readonly #keys: readonly string[]
  readonly #seconds: number
  readonly #locked = new Set<number>()

  /** `urls` are those where the fetches of each issuer begin; a fetch may take `seconds`. */
  constructor(store: GuardedStore, port: SharingPort, urls: readonly string[], seconds: number) {
    this.#store = store
    this.#port = port
    this.#keys = urls.map((url) => sha256(new TextEncoder().encode(url)))
    this.#seconds = seconds
  }

  /** Whether the store brought what was wanted. If not, fetch, and then call `done`. Never rejects. */
  async bring(request: FetchRequest, isClosed: () => boolean): Promise<boolean> {
    const { issuer } = request
    const look = this.#looker(request)
    if (await look()) return true
    const seconds = request.reason === 'refresh' ? this.#seconds : PATIENCE
    const until = performance.now() + seconds * 1000
    while (this.#store.canLock && !isClosed()) {
      const locked = await this.#store.lock(this.#name('lock', issuer), this.#seconds)
      if (locked === undefined) return false
      if (locked) this.#locked.add(issuer)
      // Also with the lock: the one who had it may have put something between the look and the lock.
      if (await look()) return true
      if (locked || performance.now() >= until) return false
      await new Promise((resolve) => setTimeout(resolve, POLL))
    }
    return false
  }

  /** Puts what was fetched, if it was, and gives back the lock. Never rejects. */
  async done(issuer: number, stored: boolean): Promise<void> {
    const entry = stored ? this.#entry(issuer) : undefined
    if (entry !== undefined)
      await this.#store.put(this.#name('keys', issuer), JSON.stringify(entry), lifeOf(entry.maxAge))
    if (this.#locked.delete(issuer)) await this.#store.unlock(this.#name('lock', issuer))
  }

  // A value that was of no use is not read again.
  #looker(request: FetchRequest): () => Promise<boolean> {
    let last: string | undefined
    return async () => {
      const text = await this.#store.get(this.#name('keys', request.issuer))
      if (text === undefined || text === last) return false
      last = text
      try {
        return this.#port.take(request, text)
      } catch {
        // Not JSON, not an entry, or no instance to put it in: as if there were none. It will be overwritten.
        return false
      }
    }
  }

  #entry(issuer: number): SnapshotEntry | undefined {
    try {
      return this.#port.entry(issuer)
    } catch {
      return undefined
    }
  }

  #name(kind: 'keys' | 'lock', issuer: number): string {
    return `${PREFIX}:${kind}:${this.#keys[issuer]}`
  }
}

/** The sharing of a verifier that has a store. `status` tells of it before it has any keys. */
export function sharingOf(
  store: unknown,
  port: SharingPort,
  observer: Observer,
  status: () => readonly IssuerStatus[],
  seconds: number,
): Sharing | undefined {
  if (store === undefined) return undefined
  const guarded = new GuardedStore(store, (reason) => observer.tell({ type: 'keys.store', outcome: 'failed', reason }))
  // Later fetches may begin elsewhere (where a discovery document led to): the name in the store stays.
  const urls = status().map(({ fetch }) => fetch?.url ?? '')
  return new Sharing(guarded, port, urls, seconds)
}

function lifeOf(maxAge: number | null): number {
  const freshness = Math.min(FRESHNESS.most, Math.max(FRESHNESS.least, maxAge ?? FRESHNESS.default))
  return Math.floor(HARD_AGE_FACTOR * freshness)
}
