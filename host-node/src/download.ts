// One GET of a key document, and its single flight: whoever asks for a URL while it is under way joins. The only
// network of this package.

import { KeyFailure, fetchReason } from './failure.js'
import { UNTOLD } from './freshness.js'
import type { RetryAfter } from './freshness.js'

/** The part of the Fetch API that is used; `globalThis.fetch` fits. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

export interface FetchInit {
  readonly method: 'GET'
  readonly headers: Record<string, string>
  readonly redirect: 'error' | 'manual'
  readonly cache: 'no-store'
  readonly credentials: 'omit'
  // An AbortSignal; named nowhere, so that callers need neither the DOM's nor Node's types.
  readonly signal: any
}

export interface FetchResponse {
  readonly status: number
  readonly redirected: boolean
  readonly type?: string
  readonly headers: { get(name: string): string | null }
  readonly body: { getReader(): BodyReader } | null
}

export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason?: unknown): Promise<unknown>
}

/** A document; the header values are as they came. */
export interface Downloaded {
  readonly body: Uint8Array
  readonly cacheControl: string | null
  readonly age: string | null
}

/** How a download ended. */
export type Outcome = Downloaded | ({ readonly error: KeyFailure } & RetryAfter)

/** Seconds over connect and body, and the largest body in bytes. */
export interface DownloadLimits {
  readonly seconds: number
  readonly bytes: number
}

/** One download under way, shared by all who need it. */
export interface Flight {
  readonly outcome: Promise<Outcome>
  /** Every joiner calls it once; when the last one leaves, the request is given up. */
  leave(): void
}

interface Shared {
  readonly outcome: Promise<Outcome>
  readonly abort: AbortController
  joined: number
  done: boolean
}

// By fetch function too: two of them may trust different authorities, so they never share an answer.
const flights = new WeakMap<Fetch, Map<string, Shared>>()

/** Whether a download of `url` could be joined. */
export function underWay(fetch: Fetch, url: string): boolean {
  return flights.get(fetch)?.has(url) === true
}

/** Joins the download of `url`, or starts it. The outcome never rejects. */
export function join(fetch: Fetch, url: string, limits: DownloadLimits): Flight {
  const byUrl = flights.get(fetch) ?? new Map<string, Shared>()
  flights.set(fetch, byUrl)
  const shared = byUrl.get(url) ?? start(fetch, url, limits, byUrl)
  shared.joined++
  return {
    outcome: shared.outcome,
    leave: () => {
      if (--shared.joined === 0 && !shared.done) shared.abort.abort(new Error('nobody waits for it any more'))
    },
  }
}

function start(fetch: Fetch, url: string, limits: DownloadLimits, byUrl: Map<string, Shared>): Shared {
  const abort = new AbortController()
  const end = (): void => {
    shared.done = true
    if (byUrl.get(url) === shared) byUrl.delete(url)
  }
  const outcome = download(fetch, url, limits, abort).finally(end)
  const shared: Shared = { outcome, abort, joined: 0, done: false }
  // A request that was given up is not joined by those who come later.
  abort.signal.addEventListener('abort', end)
  byUrl.set(url, shared)
  return shared
}

async function download(fetch: Fetch, url: string, limits: DownloadLimits, abort: AbortController): Promise<Outcome> {
  const { signal } = abort
  const late = new KeyFailure('timeout', `no answer within ${limits.seconds} s`)
  const timer = setTimeout(() => abort.abort(late), limits.seconds * 1000)
  let told: RetryAfter = UNTOLD
  try {
    // An injected fetch may ignore the signal; the race ends all the same.
    const response = await orAborted(
      signal,
      fetch(url, {
        method: 'GET',
        headers: { accept: 'application/json' },
        // Not `error`: that would hide the answer's `Retry-After`.
        redirect: 'manual',
        cache: 'no-store',
        credentials: 'omit',
        signal,
      }),
    )
    told = toldBy(response)
    const reader = response.body?.getReader()
    const refusal = refusalOf(response)
    if (refusal !== undefined) {
      reader?.cancel().catch(() => undefined)
      throw refusal
    }
    const body = reader === undefined ? new Uint8Array() : await readBody(reader, limits.bytes, signal)
    return { body, cacheControl: response.headers.get('cache-control'), age: response.headers.get('age') }
  } catch (cause) {
    return { error: new KeyFailure(fetchReason(cause), `cannot fetch \`${url}\`: ${textOf(cause)}`, cause), ...told }
  } finally {
    clearTimeout(timer)
  }
}

/** As it comes from anybody's `fetch`. */
type Answer = Omit<FetchResponse, 'redirected'> & { readonly redirected?: boolean | undefined }

// An answer from elsewhere says nothing of this server.
function toldBy({ redirected, headers }: Answer): RetryAfter {
  return redirected !== false ? UNTOLD : { retryAfter: headers.get('retry-after'), date: headers.get('date') }
}

function refusalOf({ redirected, status, type }: Answer): KeyFailure | undefined {
  // Whose answer does not tell may have followed one.
  if (redirected === undefined) return new KeyFailure('redirect', 'the answer of `fetch` has no `redirected`')
  // A browser hides what a redirect answers: status 0.
  if (redirected || type === 'opaqueredirect' || (status >= 300 && status < 400))
    return new KeyFailure('redirect', 'it was redirected')
  return status === 200 ? undefined : new KeyFailure(`http_${Number(status)}`, `HTTP status ${status}`)
}

async function readBody(reader: BodyReader, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await orAborted(signal, reader.read())
      if (done) return concat(chunks, length)
      if (value === undefined) continue
      length += value.length
      if (length > limit) throw new KeyFailure('too_large', `the body is longer than ${limit} bytes`)
      chunks.push(value)
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined)
    throw error
  }
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'the request failed'
  // Node's fetch says only "fetch failed"; what happened is one level down.
  const inner =
    cause.cause instanceof Error
      ? `: ${cause.cause.message || String((cause.cause as { code?: unknown }).code ?? '')}`
      : ''
  return cause.message + inner
}
