// Key sets with the time they were fetched at, as a document that outlives the process: its shape, and reading it.
// The hash finds damage; it does not say who wrote the document (docs/keys.md, "Snapshots").

import type { IssuerStatus } from './answers.js'
import { PolicyError } from './errors.js'
import { namesOf } from './observer.js'
import { sha256 } from './sha256.js'

/** The key set of one issuer entry. Also what a shared store holds, as JSON. */
export interface SnapshotEntry {
  /** All names of the entry. */
  readonly issuer: readonly string[]
  /** Seconds since the Unix epoch. */
  readonly fetchedAt: number
  /** Seconds of freshness that the issuer gave it; `null` for none. */
  readonly maxAge: number | null
  /** Of the UTF-8 bytes of `body`, hexadecimal. */
  readonly sha256: string
  /** The key set as it was fetched. */
  readonly body: string
}

/** What `snapshot` gives and `restore` takes; it has a JSON form, equal in every host. */
export interface Snapshot {
  readonly version: 1
  readonly issuers: readonly SnapshotEntry[]
}

/** What became of one entry of a snapshot. */
export interface RestoreResult {
  readonly issuer: readonly string[]
  readonly result: 'stored' | 'refused'
  /** A fixed word, when it was refused: `wrong_hash`, `no_such_issuer`, `too_old`, `not_newer`, … */
  readonly reason?: string
}

/** A key set as it was fetched. */
export interface FetchedSet {
  readonly body: Uint8Array
  readonly fetchedAt: number
  /** Negative for "not given". */
  readonly maxAge: number
}

/** The entry of a snapshot for a set of the issuer with these names. */
export function entryOf(issuer: readonly string[], { body, fetchedAt, maxAge }: FetchedSet): SnapshotEntry {
  // A set is JSON and so UTF-8, or it would not be in force. Not a byte may get lost: the hash is over all of them.
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  return { issuer, fetchedAt, maxAge: maxAge < 0 ? null : maxAge, sha256: sha256(body), body: text }
}

/** The entries of a snapshot. Throws PolicyError for what has not the shape of one. */
export function readSnapshot(value: unknown, path: string): readonly SnapshotEntry[] {
  const { version, issuers } = membersOf(value, path)
  if (version !== 1) throw new PolicyError('is not 1, the version of snapshots that this host knows', `${path}/version`)
  if (!Array.isArray(issuers)) throw new PolicyError('is not a list', `${path}/issuers`)
  return issuers.map((entry: unknown, index) => readEntry(entry, `${path}/issuers/${index}`))
}

/** One entry. Throws PolicyError as `readSnapshot`. */
export function readEntry(value: unknown, path: string): SnapshotEntry {
  const entry = membersOf(value, path)
  for (const [name, { fits, wanted }] of Object.entries(SHAPE))
    if (!fits(entry[name])) throw new PolicyError(`is not ${wanted}`, `${path}/${name}`)
  return entry as unknown as SnapshotEntry
}

/** The bytes of the key set, if they are those that were hashed. */
export function soundBody({ body, sha256: expected }: SnapshotEntry): Uint8Array | undefined {
  const bytes = new TextEncoder().encode(body)
  return sha256(bytes) === expected ? bytes : undefined
}

/** Whether an entry of the policy has the same names, in whatever order. */
export function isOf({ issuer }: SnapshotEntry, status: IssuerStatus): boolean {
  const names = new Set(namesOf(status.issuer))
  return names.size === new Set(issuer).size && issuer.every((name) => names.has(name))
}

const SHAPE: Record<string, { fits: (value: unknown) => boolean; wanted: string }> = {
  issuer: { fits: isStrings, wanted: 'a list of strings' },
  fetchedAt: { fits: isTime, wanted: 'a time in seconds' },
  maxAge: { fits: (value) => value === null || isTime(value), wanted: 'a number of seconds, or null' },
  sha256: { fits: (value) => typeof value === 'string', wanted: 'a string' },
  body: { fits: (value) => typeof value === 'string', wanted: 'a string' },
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Infinity
}

function membersOf(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new PolicyError('is not an object', path)
}
