// One GET: the facts of its answer, which the module judges. The only network of this package. Whoever asks for a URL
// while it is under way joins.

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

/** What to get. Seconds over connect and body, and the longest body in bytes. */
export interface Request {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The names of the headers to report, lower case. */
  readonly report: readonly string[]
  readonly timeout: number
  readonly max_bytes: number
  /** Of which answers the body is wanted: those with status 200 (the default), any but redirects, or none. */
  readonly body?: 'ok' | 'any' | 'none'
}

/** What came of it: the first line of what the module is told, the body, and for a log why there is none. */
export interface Answer {
  readonly facts: Facts
  readonly body: Uint8Array
  readonly failure?: Error
}

export interface Facts {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly redirected?: boolean | null
  /** Instead of a body: `refused`, `dns`, `timeout`, `tls`, `redirect`, `too_large`, `network`, `no_fetch`. */
  readonly error?: string
  /** Seconds. */
  readonly elapsed: number
}

/** One GET under way, shared by all who need it. */
export interface Flight {
  readonly answer: Promise<Answer>
  /** Every joiner calls it once; when the last one leaves, the request is given up. */
  leave(): void
}

// An AbortController; named nowhere in what is exported, as its signal above.
interface Abort {
  readonly signal: any
  abort(reason: Error): void
}

interface Shared {
  readonly answer: Promise<Answer>
  readonly abort: AbortController
  joined: number
  done: boolean
}

// By fetch function too: two of them may trust different authorities, so they never share an answer.
const flights = new WeakMap<Fetch, Map<string, Shared>>()
const NOTHING = new Uint8Array()

/** Joins the GET of this URL, or starts it. The answer never rejects. */
export function join(fetch: Fetch, request: Request): Flight {
  const byUrl = flights.get(fetch) ?? new Map<string, Shared>()
  flights.set(fetch, byUrl)
  const { url } = request
  const shared = byUrl.get(url) ?? start(fetch, request, byUrl)
  shared.joined++
  return {
    answer: shared.answer,
    leave: () => {
      if (--shared.joined === 0 && !shared.done) shared.abort.abort(new Error('nobody waits for it any more'))
    },
  }
}

function start(fetch: Fetch, request: Request, byUrl: Map<string, Shared>): Shared {
  const abort = new AbortController()
  const end = (): void => {
    shared.done = true
    if (byUrl.get(request.url) === shared) byUrl.delete(request.url)
  }
  const shared: Shared = { answer: get(fetch, request, abort).finally(end), abort, joined: 0, done: false }
  // A request that was given up is not joined by those who come later.
  abort.signal.addEventListener('abort', end)
  byUrl.set(request.url, shared)
  return shared
}

/** One GET. Never rejects. */
export async function get(fetch: Fetch, request: Request, abort: Abort = new AbortController()): Promise<Answer> {
  const signal = abort.signal as AbortSignal
  const started = performance.now()
  const elapsed = (): number => Math.round(performance.now() - started) / 1000
  const timer = setTimeout(
    () => abort.abort(new Fault('timeout', `no answer within ${request.timeout} s`)),
    request.timeout * 1000,
  )
  let headers: Facts['headers']
  try {
    const init = { method: 'GET', headers: { ...request.headers }, cache: 'no-store', credentials: 'omit' } as const
    // Not `error`: that would hide the answer's `Retry-After`. An injected fetch may ignore the signal; the race ends.
    const response = await orAborted(signal, fetch(request.url, { ...init, redirect: 'manual', signal }))
    headers = headersOf(response, request.report)
    const { status, redirected } = factsOf(response)
    const reader = response.body?.getReader()
    const wanted = redirected === false && (status === 200 ? request.body !== 'none' : request.body === 'any')
    if (!wanted) reader?.cancel().catch(() => undefined)
    else if (reader !== undefined) {
      const body = await readBody(reader, request.max_bytes, signal)
      return { facts: { status, headers, redirected, elapsed: elapsed() }, body }
    }
    return { facts: { status, headers, redirected, elapsed: elapsed() }, body: NOTHING }
  } catch (cause) {
    const facts = { error: wordOf(cause), elapsed: elapsed(), ...(headers === undefined ? {} : { headers }) }
    return { facts, body: NOTHING, failure: failureOf(request.url, cause) }
  } finally {
    clearTimeout(timer)
  }
}

// As it comes from anybody's `fetch`: one that does not tell whether it followed a redirect may have. A browser hides
// what a redirect answers.
function factsOf({ status, redirected, type }: Partial<FetchResponse>): Required<Pick<Facts, 'status' | 'redirected'>> {
  return { status: Number(status), redirected: type === 'opaqueredirect' ? true : (redirected ?? null) }
}

function headersOf({ headers }: FetchResponse, report: readonly string[]): Record<string, string> {
  const found = report.map((name) => [name, headers.get(name)] as const)
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== null))
}

async function readBody(reader: BodyReader, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await orAborted(signal, reader.read())
      if (done) break
      length += value?.length ?? 0
      if (length > limit) throw new Fault('too_large', `the body is longer than ${limit} bytes`)
      if (value !== undefined) chunks.push(value)
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined)
    throw error
  }
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

class Fault extends Error {
  readonly word: string

  constructor(word: string, message: string) {
    super(message)
    this.word = word
  }
}

// Node's fetch says only "fetch failed"; what happened is one level down.
function failureOf(url: string, cause: unknown): Error {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : undefined
  const deeper = inner === undefined ? '' : `: ${inner.message || String((inner as { code?: unknown }).code ?? '')}`
  const text = cause instanceof Error ? cause.message + deeper : 'the request failed'
  return new Error(`cannot fetch \`${url}\`: ${text}`, { cause })
}

/** The class of a failure; what happened is often some levels down, in `cause`. */
export function wordOf(failure: unknown): string {
  for (let cause = failure, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause instanceof Fault) return cause.word
    const code = String((cause as { readonly code?: unknown }).code ?? '')
    if (isTimeout(cause.name, code)) return 'timeout'
    if (code === 'ECONNREFUSED') return 'refused'
    if (/^(ENOTFOUND|EAI_[A-Z]+|EDNS)$/.test(code)) return 'dns'
    if (/CERT|SSL|TLS|^EPROTO$|UNABLE_TO_|SELF_SIGNED|HOSTNAME/.test(code)) return 'tls'
    // Only a fetch that is told to throw at redirects says this, and it has no code for it.
    if (cause.message === 'unexpected redirect') return 'redirect'
  }
  return 'network'
}

// By name an `AbortError` too, but it is what undici says of a proxy that refuses.
const HUNG_UP = 'UND_ERR_ABORTED'

function isTimeout(name: string, code: string): boolean {
  return (/^(AbortError|TimeoutError)$/.test(name) && code !== HUNG_UP) || /TIMEOUT|TIMEDOUT/.test(code)
}
