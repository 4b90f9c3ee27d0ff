// `@fuzefront/authn/doctor`: what is wrong between a policy, an issuer and perhaps a token. The module asks for
// documents; they are fetched or taken from what was given, until it wants nothing more.

import { openingOf } from './contract.js'
import { instantiate } from './engine.js'
import { EngineError, PolicyError } from './errors.js'
import { get } from './http.js'
import type { Fetch } from './http.js'
import { policyOfVerifier } from './opened.js'
import type { VerifierOptions } from './options.js'
import type { Verifier } from './verifier.js'

/** All of it may be left out, but not at once. */
export interface Symptoms {
  /** The verifier in question, or its options. Without them, the token's own issuer is looked at. */
  readonly policy?: Verifier | VerifierOptions | undefined
  readonly token?: string | undefined
  /** A discovery document that is at hand, as text: it is not fetched then. */
  readonly discovery?: string | undefined
  /** A key set that is at hand, as text: it is not fetched then. */
  readonly keySet?: string | undefined
  /** A page that loads the verifier: whether its Content-Security-Policy lets it. */
  readonly page?: string | undefined
  /** Fetch nothing. */
  readonly offline?: boolean | undefined
  /** Default: `globalThis.fetch`. */
  readonly fetch?: Fetch | undefined
  /** Seconds since the Unix epoch. Default: the system's clock. */
  readonly clock?: (() => number) | undefined
}

/** `error`: tokens will be refused, or must not be trusted. */
export type Severity = 'error' | 'warning' | 'info'

export interface Finding {
  readonly id: string
  readonly severity: Severity
  /** What it is about: an issuer, a URL, a claim. */
  readonly subject?: string
  readonly what: string
  readonly why: string
  readonly remedy: string
  readonly evidence: Readonly<Record<string, unknown>>
}

/** What was found, the gravest first. Throws PolicyError for a policy that is refused. */
export async function diagnose(symptoms: Symptoms): Promise<readonly Finding[]> {
  const { policy, offline, clock, fetch = globalThis.fetch as Fetch | undefined, ...rest } = symptoms
  const answer = await examine({
    ...rest,
    policy: policy === undefined ? undefined : textOf(policy),
    now: clock ?? (() => Date.now() / 1000),
    fetch: offline === true ? undefined : fetch,
  })
  if ('error' in answer) throw new PolicyError(answer.error.message, answer.error.path ?? '')
  return answer.findings
}

function textOf(policy: Verifier | VerifierOptions): string {
  return policyOfVerifier(policy) ?? openingOf(policy as VerifierOptions).policy
}

/** What an examination starts from; without `fetch` nothing is fetched. `policy` is the text of one. */
export interface Case extends Pick<Symptoms, 'token' | 'discovery' | 'keySet' | 'page'> {
  readonly now: () => number
  readonly policy?: string | undefined
  readonly fetch?: Fetch | undefined
}

/** The last answer of an examination. */
export type Examined =
  | { readonly findings: readonly Finding[]; readonly wanted: readonly Wanted[] }
  | { readonly error: { readonly code: string; readonly message: string; readonly path?: string } }

interface Wanted {
  readonly what: 'discovery' | 'key_set' | 'page'
  readonly issuer?: string
  readonly url: string
}

type Sight = Readonly<Record<string, unknown>> & { readonly body?: string }

const MAX_CALLS = 4
// Far beyond any token that is read, so that the module says so; a whole one might not fit.
const TOKEN_LENGTH = 65_536
const LIMIT = { timeout: 5, max_bytes: 65_536 } as const
const REPORTED: Readonly<Record<string, string>> = {
  date: 'date',
  cors: 'access-control-allow-origin',
  location: 'location',
  csp: 'content-security-policy',
}

export async function examine(given: Case): Promise<Examined> {
  const { fetch, page } = given
  const sights: Sight[] = []
  if (given.discovery !== undefined) sights.push({ what: 'discovery', body: given.discovery })
  if (given.keySet !== undefined) sights.push({ what: 'key_set', body: given.keySet })
  if (page !== undefined && fetch !== undefined) sights.push(await look(fetch, { what: 'page', url: page }))
  for (let call = 1; ; call++) {
    const answer = ask(given, sights)
    if ('error' in answer || fetch === undefined || call === MAX_CALLS || answer.wanted.length === 0) return answer
    sights.push(...(await Promise.all(answer.wanted.map((wanted) => look(fetch, wanted)))))
  }
}

async function look(fetch: Fetch, wanted: Wanted): Promise<Sight> {
  const page = wanted.what === 'page'
  const headers = { accept: page ? 'text/html' : 'application/json' }
  const request = { url: wanted.url, headers, report: Object.values(REPORTED), ...LIMIT }
  const { facts, body } = await get(fetch, { ...request, body: page ? 'none' : 'any' })
  const { status = 0, headers: found = {}, redirected, elapsed } = facts
  const seen = Object.entries(REPORTED).map(([name, header]) => [name, found[header] ?? null] as const)
  const told = Object.fromEntries(seen.filter(([name, value]) => value !== null || name === 'cors'))
  const moved = redirected === true || status === 0 || (status >= 300 && status < 400 && status !== 304)
  const error = facts.error ?? (moved ? 'redirect' : undefined)
  if (error !== undefined) return { ...wanted, error, elapsed, ...told }
  const text = page ? {} : { body: new TextDecoder().decode(body) }
  return { ...wanted, status, ...text, elapsed, ...told }
}

interface Diagnosing {
  readonly memory: { readonly buffer: ArrayBuffer }
  authn_buffer(): number
  authn_buffer_size(): number
  authn_diagnose(length: number): number
}

function ask({ now, policy, token }: Case, sights: readonly Sight[]): Examined {
  const module = instantiate() as unknown as Diagnosing
  const [start, size] = [module.authn_buffer() >>> 0, module.authn_buffer_size() >>> 0]
  const request = fitting(size, sights, (seen) => requestOf(now(), policy, token?.slice(0, TOKEN_LENGTH), seen))
  if (request.length > size) throw new EngineError('the policy does not fit into the buffer of the module')
  new Uint8Array(module.memory.buffer).set(request, start)
  const length = module.authn_diagnose(request.length) >>> 0
  return JSON.parse(new TextDecoder().decode(new Uint8Array(module.memory.buffer, start, length))) as Examined
}

// The message buffer has an end: bodies are left out, the longest first, until the request fits.
function fitting(
  size: number,
  sights: readonly Sight[],
  request: (sights: readonly Sight[]) => Uint8Array,
): Uint8Array {
  const seen = [...sights]
  const lengthOf = (index: number): number => seen[index]?.body?.length ?? 0
  for (const index of [...seen.keys()].sort((a, b) => lengthOf(b) - lengthOf(a))) {
    if (request(seen).length <= size) break
    const { status: _status, body: _body, ...rest } = seen[index] as Sight
    seen[index] = { ...rest, error: 'too_large' }
  }
  return request(seen)
}

// The policy goes in as it stands: what the module would refuse in it must reach it.
function requestOf(now: number, policy: string | undefined, token: string | undefined, fetched: unknown): Uint8Array {
  const rest = JSON.stringify({ now, token, fetched })
  return new TextEncoder().encode(policy === undefined ? rest : `${rest.slice(0, -1)},"policy":${policy}}`)
}

export type { Fetch, FetchInit, FetchResponse } from './http.js'
