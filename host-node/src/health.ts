// Whether a verifier can do its work, for a start and for a readiness probe. Nothing is fetched here.

import type { IssuerStatus } from './answers.js'

/** The keys of one entry after `ready`. */
export interface ReadyStatus extends IssuerStatus {
  /** Tokens of this issuer can be verified now. */
  readonly usable: boolean
  /** Why the last fetch brought no keys: a fixed word, such as `timeout` or `http_503`. */
  readonly error?: string
}

export interface IssuerHealth {
  readonly issuer: IssuerStatus['issuer']
  readonly state: IssuerStatus['state']
  /** Seconds since the keys in force were fetched; `null` without keys. */
  readonly age: number | null
  readonly keys: number
  /** Failed fetches in a row. */
  readonly failures: number
  /** Why the last fetch brought no keys. */
  readonly error?: string
}

/** `degraded`: some tokens cannot be verified, or soon cannot. Restarting the process would not help. */
export interface Health {
  readonly status: 'ready' | 'degraded' | 'not_ready'
  readonly issuers: readonly IssuerHealth[]
}

/** Finds why the last fetch for an entry failed. */
type ErrorOf = (issuer: number) => string | undefined

/** Whether there are keys that may be used. */
export function isUsable({ state }: Pick<IssuerStatus, 'state'>): boolean {
  return state !== 'empty' && state !== 'dead'
}

// Keys that are only too old, because nobody asked for them: the next token waits for a fetch, and then passes.
function serves(status: IssuerStatus): boolean {
  return isUsable(status) || (status.state === 'dead' && status.failures === 0)
}

export function readyOf(issuers: readonly IssuerStatus[], errorOf: ErrorOf): ReadyStatus[] {
  return issuers.map((status, index) => ({ ...status, usable: isUsable(status), ...errorAt(status, index, errorOf) }))
}

/** Without entries, as after closing, nothing is ready. */
export function healthOf(issuers: readonly IssuerStatus[], errorOf: ErrorOf): Health {
  return { status: statusOf(issuers), issuers: issuers.map((status, index) => entryOf(status, index, errorOf)) }
}

function statusOf(issuers: readonly IssuerStatus[]): Health['status'] {
  if (!issuers.some(serves)) return 'not_ready'
  return issuers.every((status) => isUsable(status) && status.state !== 'stale' && status.keys > 0)
    ? 'ready'
    : 'degraded'
}

function entryOf(status: IssuerStatus, index: number, errorOf: ErrorOf): IssuerHealth {
  const { issuer, state, age, keys, failures } = status
  return { issuer, state, age, keys, failures, ...errorAt(status, index, errorOf) }
}

// An error that no longer matters is not told: keys may have come by another way since.
function errorAt(status: IssuerStatus, index: number, errorOf: ErrorOf): { readonly error?: string } {
  const error = status.failures > 0 || !isUsable(status) ? errorOf(index) : undefined
  return error === undefined ? {} : { error }
}
