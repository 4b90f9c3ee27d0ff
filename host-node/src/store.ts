// The calls of a store that replicas share, as facts for the module: it decides when the store is asked, and what a
// failure means (docs/abi.md, "Bringing keys").

import { PolicyError } from './errors.js'
import type { LoadStep, LockStep, SaveStep, UnlockStep } from './generated.js'

/** What the option `store` must be. Who can write to it decides which keys are trusted. */
export interface KeyStore {
  get(key: string): Promise<string | null | undefined>
  /** `ttl` in seconds. */
  put(key: string, value: string, ttl: number): Promise<unknown>
  /** Whether the lock was free, and is now the caller's for `ttl` seconds. Without it, replicas share without waiting. */
  lock?(key: string, ttl: number): Promise<boolean>
  /** Gives back a lock that `lock` gave. */
  unlock?(key: string): Promise<unknown>
}

export type StoreStep = LoadStep | LockStep | SaveStep | UnlockStep

/** The facts of one call, and the value that was loaded. */
export interface StoreAnswer {
  readonly facts: Readonly<Record<string, unknown>>
  readonly value?: string
}

/** Makes the call that a step asks for; `record` is what to save. Never rejects. */
export async function ask(store: KeyStore, step: StoreStep, record: string): Promise<StoreAnswer> {
  switch (step.do) {
    case 'load': {
      const answer = await within(step.timeout, () => store.get(step.key))
      if ('failed' in answer) return { facts: answer }
      const { value, elapsed } = answer
      return typeof value === 'string'
        ? { facts: { found: true, elapsed }, value }
        : { facts: { found: false, elapsed } }
    }
    case 'lock': {
      // A lock that comes after its time would keep others waiting for nothing.
      const late = (locked: unknown): void => void (locked === true && store.unlock?.(step.key)?.catch(() => undefined))
      const answer = await within(step.timeout, () => store.lock?.(step.key, step.ttl), late)
      return { facts: 'failed' in answer ? answer : { locked: answer.value === true, elapsed: answer.elapsed } }
    }
    case 'save': {
      const answer = await within(step.timeout, () => store.put(step.key, record, step.ttl))
      return { facts: 'failed' in answer ? answer : { saved: true, elapsed: answer.elapsed } }
    }
    case 'unlock': {
      const answer = await within(step.timeout, () => store.unlock?.(step.key))
      return { facts: 'failed' in answer ? answer : { unlocked: true, elapsed: answer.elapsed } }
    }
  }
}

/** The store, if it is one. Throws PolicyError. */
export function storeOf(store: unknown): KeyStore {
  if (typeof store !== 'object' || store === null) throw new PolicyError('is not an object', '/store')
  for (const [name, wanted] of Object.entries({ get: true, put: true, lock: false, unlock: false })) {
    const method: unknown = (store as Record<string, unknown>)[name]
    if (typeof method === 'function' || (method === undefined && !wanted)) continue
    throw new PolicyError('is not a function', `/store/${name}`)
  }
  return store as KeyStore
}

type Ended =
  | { readonly value: unknown; readonly elapsed: number }
  | { readonly failed: 'timeout' | 'error'; readonly elapsed: number }

const TIME_UP = Symbol('time up')

async function within(seconds: number, work: () => unknown, late?: (value: unknown) => void): Promise<Ended> {
  const started = performance.now()
  const elapsed = (): number => (performance.now() - started) / 1000
  let timer: ReturnType<typeof setTimeout> | undefined
  const time = new Promise<typeof TIME_UP>((resolve) => (timer = setTimeout(() => resolve(TIME_UP), seconds * 1000)))
  const working = (async () => work())()
  try {
    const value = await Promise.race([working, time])
    if (value !== TIME_UP) return { value, elapsed: elapsed() }
    working.then(late, () => undefined)
    return { failed: 'timeout', elapsed: elapsed() }
  } catch {
    return { failed: 'error', elapsed: elapsed() }
  } finally {
    clearTimeout(timer)
  }
}
