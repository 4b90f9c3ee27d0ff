// One GET for the doctor: unlike the download of keys, any answer is of interest, and so is the way it failed
// (docs/abi.md, "Diagnosis"). Never throws.

import type { Fetch, FetchResponse } from './download.js'

const SECONDS = 5
const BYTES = 65_536

export type ProbeError = 'refused' | 'dns' | 'timeout' | 'tls' | 'redirect' | 'too_large' | 'network'

/** What was seen. `error` stands instead of `status` and `body`; of a page, only headers are looked at. */
export interface Sight {
  readonly what: 'discovery' | 'key_set' | 'page'
  readonly issuer?: string
  readonly url: string
  readonly status?: number
  readonly body?: string
  readonly error?: ProbeError
  readonly elapsed?: number
  readonly date?: string
  /** `null`: there is no such header. */
  readonly cors?: string | null
  readonly location?: string
  readonly csp?: string
}

/** What to look at. */
export type Target = Pick<Sight, 'what' | 'issuer' | 'url'>

/** Looks at one URL. */
export async function look(fetch: Fetch, target: Target): Promise<Sight> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new TimeUp()), SECONDS * 1000)
  const started = performance.now()
  const seen = await ended(abort.signal, get(fetch, target, abort.signal)).catch((cause: unknown) => failed(cause))
  clearTimeout(timer)
  abort.abort(new TimeUp())
  return { ...target, ...seen, elapsed: Math.round(performance.now() - started) / 1000 }
}

type Seen = Omit<Sight, keyof Target>

async function get(fetch: Fetch, { what, url }: Target, signal: AbortSignal): Promise<Seen> {
  const accept = what === 'page' ? 'text/html' : 'application/json'
  const init = { method: 'GET', headers: { accept }, cache: 'no-store', credentials: 'omit' } as const
  const response = await fetch(url, { ...init, redirect: 'manual', signal })
  const headers = headersOf(response)
  // A browser hides where it leads: status 0.
  if (response.redirected || response.status === 0 || REDIRECTS.includes(response.status))
    return { error: 'redirect', ...headers }
  if (what === 'page') return { status: response.status, ...headers }
  const body = await text(response)
  return body === undefined ? { error: 'too_large', ...headers } : { status: response.status, body, ...headers }
}

const REDIRECTS = [301, 302, 303, 307, 308]
const HEADERS = {
  date: 'date',
  cors: 'access-control-allow-origin',
  location: 'location',
  csp: 'content-security-policy',
}

// A browser keeps this header to itself when the page is of another origin: nobody knows then.
function headersOf({ headers, type }: FetchResponse): Seen {
  const found = Object.entries(HEADERS).map(([name, header]) => [name, headers.get(header)] as const)
  const seen = found.filter(([name, value]) => value !== null || (name === 'cors' && type !== 'cors'))
  return Object.fromEntries(seen) as Seen
}

async function text(response: FetchResponse): Promise<string | undefined> {
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  let body = ''
  for (let length = 0; reader !== undefined;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value?.length ?? 0
    if (length > BYTES) return undefined
    body += decoder.decode(value, { stream: true })
  }
  return body + decoder.decode()
}

// An injected fetch may ignore the signal; the race ends all the same.
function ended<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    work.then(resolve, reject)
  })
}

class TimeUp extends Error {
  override readonly name = 'TimeUp'
}

function failed(cause: unknown): Seen {
  return { error: errorOf(cause) }
}

/** The class of a failure; what happened is often some levels down, in `cause`. */
export function errorOf(failure: unknown): ProbeError {
  for (let cause = failure, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const code = String((cause as { readonly code?: unknown }).code ?? '')
    if (cause instanceof TimeUp || isTimeout(cause.name, code)) return 'timeout'
    if (code === 'ECONNREFUSED') return 'refused'
    if (/^(ENOTFOUND|EAI_[A-Z]+|EDNS)$/.test(code)) return 'dns'
    if (/CERT|SSL|TLS|^EPROTO$|UNABLE_TO_|SELF_SIGNED|HOSTNAME/.test(code)) return 'tls'
  }
  return 'network'
}

// By name an `AbortError` too, but it is what undici says of a proxy that refuses.
const HUNG_UP = 'UND_ERR_ABORTED'

function isTimeout(name: string, code: string): boolean {
  return (/^(AbortError|TimeoutError)$/.test(name) && code !== HUNG_UP) || /TIMEOUT|TIMEDOUT/.test(code)
}
