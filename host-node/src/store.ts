// A place for fetched keys that replicas share. It may be slow, down or full of nonsense: it is never waited for
// long, and while it fails it is left alone, as if there were none.

import { PolicyError } from './errors.js'
import type { KeyStoreEvent } from './events.js'

/** What the option `store` must be. Whoever can write to it decides which keys are trusted. */
export interface KeyStore {
  get(key: string): Promise<string | null | undefined>
  /** `ttl` in seconds. */
  put(key: string, value: string, ttl: number): Promise<unknown>
  /** Whether the lock was free, and is now the caller's for `ttl` seconds. Without it, replicas share without waiting. */
  lock?(key: string, ttl: number): Promise<boolean>
  /** Gives back a lock that `lock` gave. */
  unlock?(key: string): Promise<unknown>
}

/** One call may take this long, and after a failure this long nothing is asked; milliseconds. */
const CALL = 250
const PAUSE = 5000

export class GuardedStore {
  readonly #store: KeyStore
  readonly #onFailure: (reason: KeyStoreEvent['reason']) => void
  #asleepUntil = -Infinity

  /** Throws PolicyError for what is no store. */
  constructor(store: unknown, onFailure: (reason: KeyStoreEvent['reason']) => void) {
    this.#store = storeOf(store)
    this.#onFailure = onFailure
  }

  get canLock(): boolean {
    return this.#store.lock !== undefined
  }

  /** Undefined when there is no value, and when the store fails. */
  async get(key: string): Promise<string | undefined> {
    const value = await this.#call(() => this.#store.get(key))
    return typeof value === 'string' ? value : undefined
  }

  async put(key: string, value: string, ttl: number): Promise<void> {
    await this.#call(() => this.#store.put(key, value, ttl))
  }

  /** Undefined when the store fails. */
  async lock(key: string, ttl: number): Promise<boolean | undefined> {
    // A lock that comes after its time would keep others waiting for nothing.
    const late = (locked: unknown): void => void (locked === true && this.unlock(key))
    const locked = await this.#call(() => this.#store.lock?.(key, ttl), late)
    return locked === undefined ? undefined : locked === true
  }

  async unlock(key: string): Promise<void> {
    await this.#call(() => this.#store.unlock?.(key))
  }

  async #call(work: () => unknown, late?: (value: unknown) => void): Promise<unknown> {
    if (performance.now() < this.#asleepUntil) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const time = new Promise<typeof TIME_UP>((resolve) => (timer = setTimeout(() => resolve(TIME_UP), CALL)))
    const working = (async () => work())()
    try {
      const value = await Promise.race([working, time])
      if (value !== TIME_UP) return value
      if (late !== undefined) working.then(late, () => undefined)
      this.#fail('timeout')
    } catch {
      this.#fail('error')
    } finally {
      clearTimeout(timer)
    }
    return undefined
  }

  #fail(reason: KeyStoreEvent['reason']): void {
    this.#asleepUntil = performance.now() + PAUSE
    this.#onFailure(reason)
  }
}

const TIME_UP = Symbol('time up')

function storeOf(store: unknown): KeyStore {
  if (typeof store !== 'object' || store === null) throw new PolicyError('is not an object', '/store')
  for (const [name, wanted] of Object.entries({ get: true, put: true, lock: false, unlock: false })) {
    const method: unknown = (store as Record<string, unknown>)[name]
    if (typeof method === 'function' || (method === undefined && !wanted)) continue
    throw new PolicyError('is not a function', `/store/${name}`)
  }
  return store as KeyStore
}
