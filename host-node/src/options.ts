// The options of a verifier, and their mapping to the policy document the module reads. Only names are mapped:
// the module checks every value and fills in the defaults (docs/abi.md, "Policy").

import { PolicyError } from './errors.js'
import type { EventListener } from './events.js'
import { COMMON_OPTIONS, ENTRY_OPTIONS } from './generated.js'
import type { Algorithm, EntryOptions, Identity, KeySourceOptions, TokenFacts } from './generated.js'
import type { Fetch } from './http.js'
import type { KeyStore } from './store.js'

/** What `snapshot` gives and `restore` takes: the key sets of a verifier, as records that only the module reads. */
export interface Snapshot {
  readonly version: 2
  readonly records: readonly string[]
}

/** Tokens signed with a key that the issuer publishes. */
export interface FederatedIssuer extends EntryOptions, KeySourceOptions {
  readonly mode?: 'federated-jwks' | undefined
  /** Allowed values of `iss`, compared byte for byte. */
  readonly issuer: string | readonly string[]
  /** One of these must be in `aud`. */
  readonly audience: string | readonly string[]
  /** Default: all of them. */
  readonly algorithms?: readonly Exclude<Algorithm, 'HS256'>[] | undefined
  readonly secret?: undefined
}

/** Tokens signed with a shared secret (HS256): whoever can verify them can make them. */
export interface LegacyIssuer extends EntryOptions {
  readonly mode: 'legacy-hs256'
  /** At least 32 bytes; a string is taken as UTF-8 text, as jsonwebtoken does. */
  readonly secret: Uint8Array | string
  /** `null`: a token must have no `iss`. */
  readonly issuer: string | readonly string[] | null
  /** `null`: `aud` is not checked. */
  readonly audience: string | readonly string[] | null
  readonly algorithms?: readonly 'HS256'[] | undefined
}

export type IssuerOptions = FederatedIssuer | LegacyIssuer

/** One app of a contract: issuers, audience and algorithms stand there, and cannot be given beside it. */
export interface ContractApp extends EntryOptions, KeySourceOptions {
  /** A contract document, parsed; `familyContract()` is the one of the family. */
  readonly contract: object
  readonly app: string
  /** May be left out where the contract has one only. */
  readonly environment?: string | undefined
  readonly mode?: undefined
  readonly issuer?: undefined
  readonly audience?: undefined
  readonly algorithms?: undefined
  readonly secret?: undefined
}

/** What does not depend on the issuer. */
export interface CommonOptions {
  /** `host` or `host:port` that keys may be fetched from over plain http; loopback always may. */
  readonly insecureHosts?: readonly string[] | undefined
  /** Seconds since the Unix epoch. Default: the system's clock. */
  readonly clock?: (() => number) | undefined
  /**
   * Keys are fetched when they are due although no token asks, so that none has to wait. It keeps no process alive.
   * Default: `true` in Node, `false` in a browser.
   */
  readonly backgroundRefresh?: boolean | undefined
  /** Default: `globalThis.fetch`. */
  readonly fetch?: Fetch | undefined
  /** Told of every check and of whatever happens to the keys; what it throws is ignored. */
  readonly onEvent?: EventListener | undefined
  /** `true` refuses the token (REVOKED); throwing is an outage (VERIFIER_UNAVAILABLE). */
  readonly isRevoked?: ((identity: Identity, token: TokenFacts) => boolean | Promise<boolean>) | undefined
  /** Key sets of an earlier process, from `verifier.snapshot()`. What is too old or does not fit is left out. */
  readonly snapshot?: Snapshot | undefined
  /** Fetched keys that replicas share. Whoever can write to it decides which keys are trusted. */
  readonly store?: KeyStore | undefined
  /** Returns the identity, enriched; throwing is an outage (VERIFIER_UNAVAILABLE). */
  readonly resolve?: ((identity: Identity, token: TokenFacts) => Identity | Promise<Identity>) | undefined
}

/** One issuer entry spelt out, or several in `issuers`, or one app of a contract. */
export type VerifierOptions =
  | (CommonOptions & IssuerOptions & { readonly issuers?: undefined; readonly contract?: undefined })
  | (CommonOptions & ContractApp & { readonly issuers?: undefined })
  | (CommonOptions & {
      readonly issuers: readonly IssuerOptions[]
      readonly issuer?: undefined
      readonly audience?: undefined
      readonly contract?: undefined
    })

const FUNCTIONS = ['clock', 'fetch', 'isRevoked', 'onEvent', 'resolve'] as const
const OBJECTS = ['snapshot', 'store'] as const
const SWITCHES = ['backgroundRefresh'] as const
const COMMON: Record<string, string> = COMMON_OPTIONS
const ENTRY: Record<string, string> = ENTRY_OPTIONS

// What an error lists as known, where options of the verifier and of its only entry stand side by side.
const VERIFIER = [...FUNCTIONS, ...OBJECTS, ...SWITCHES, ...Object.keys(COMMON)]
const SINGLE = [...VERIFIER, ...Object.keys(ENTRY), 'contract', 'issuers']
// The others are fixed by the contract.
const ADDED = Object.keys(ENTRY).filter((name) => !/^(issuer|audience|algorithms|mode|secret)$/.test(name))
const OF_CONTRACT = [...VERIFIER, ...ADDED, 'app', 'contract', 'environment']

/** The options that stay in the host. */
export type HostOptions = Pick<
  CommonOptions,
  (typeof FUNCTIONS)[number] | (typeof OBJECTS)[number] | (typeof SWITCHES)[number]
>

/** The policy document. Throws PolicyError for an unknown option, and for what has no JSON form. */
export function policyOf(options: VerifierOptions): string {
  const { issuers, common, entry } = sorted(options)
  const entries = issuers === undefined ? [entryOf(entry, '/issuers/0', SINGLE)] : entriesOf(issuers)
  return json({ ...renamed(common, COMMON, '', VERIFIER), issuers: entries })
}

/** The request for the policy of a contract's app. Throws as `policyOf`. */
export function contractRequestOf(options: VerifierOptions): string {
  const { common, entry } = sorted(options)
  const { contract, app, environment, ...given } = entry
  const added = { ...renamed(common, COMMON, '', VERIFIER), ...entryOf(given, '/options', OF_CONTRACT) }
  return json({ contract, app, environment, options: added })
}

interface Sorted {
  readonly issuers: unknown
  readonly common: Record<string, unknown>
  readonly entry: Record<string, unknown>
}

function sorted(options: unknown): Sorted {
  if (!isObject(options)) throw new PolicyError('the options are not an object', '')
  const { issuers, ...given } = options
  const common: Record<string, unknown> = {}
  const entry: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    // Those in OBJECTS are read where they are used.
    if (value === undefined || isOneOf(OBJECTS, name)) continue
    if (isOneOf(FUNCTIONS, name)) refuseUnless('function', name, value)
    else if (isOneOf(SWITCHES, name)) refuseUnless('boolean', name, value)
    else if (Object.hasOwn(COMMON, name)) common[name] = value
    else if (issuers === undefined) entry[name] = value
    else throw new PolicyError(misplaced(name), pointer('', name))
  }
  return { issuers, common, entry }
}

function misplaced(name: string): string {
  if (name === 'contract') return 'cannot stand beside `issuers`'
  return Object.hasOwn(ENTRY, name)
    ? 'stands in an entry of `issuers`, not beside it'
    : unknownOption([...VERIFIER, 'issuers'])
}

function entriesOf(issuers: unknown): unknown {
  if (!Array.isArray(issuers)) return issuers
  return issuers.map((entry: unknown, index) => (isObject(entry) ? entryOf(entry, `/issuers/${index}`) : entry))
}

function entryOf(
  options: Record<string, unknown>,
  path: string,
  known: readonly string[] = Object.keys(ENTRY),
): Record<string, unknown> {
  const entry = renamed(options, ENTRY, path, known)
  if (entry['secret'] !== undefined) entry['secret'] = base64url(secretBytes(entry['secret'], `${path}/secret`))
  return entry
}

function renamed(
  options: Record<string, unknown>,
  names: Record<string, string>,
  path: string,
  known: readonly string[],
): Record<string, unknown> {
  const policy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const renamed = Object.hasOwn(names, name) ? names[name] : undefined
    if (renamed === undefined) throw new PolicyError(unknownOption(known), pointer(path, name))
    policy[renamed] = value
  }
  return policy
}

function unknownOption(known: readonly string[]): string {
  return `is an unknown option; known are ${[...known].sort().join(', ')}`
}

function refuseUnless(type: 'boolean' | 'function', name: string, value: unknown): void {
  if (typeof value !== type) throw new PolicyError(`is not a ${type}`, pointer('', name))
}

function secretBytes(secret: unknown, path: string): Uint8Array {
  if (typeof secret === 'string') return new TextEncoder().encode(secret)
  // Not `instanceof`: in jest the test's Uint8Array is another one.
  if (ArrayBuffer.isView(secret)) return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
  throw new PolicyError('is neither a string nor bytes', path)
}

function base64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function json(policy: unknown): string {
  try {
    return JSON.stringify(policy)
  } catch (cause) {
    throw new PolicyError('the options have no JSON form', '', cause)
  }
}

function pointer(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name)
}
