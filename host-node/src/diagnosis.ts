// Lets the module look (docs/abi.md, "Diagnosis"): it asks for documents, they are fetched or taken from what was
// given, and it is asked again, until it wants nothing more.

import type { Diagnosed, Refused } from './answers.js'
import type { Fetch } from './download.js'
import { look } from './probe.js'
import type { Sight } from './probe.js'
import { once } from './stateless.js'

const MAX_CALLS = 4
// Far beyond any token that is read, so that the module says so; a whole one might not fit.
const TOKEN_LENGTH = 65_536

/** What a diagnosis starts from. */
export interface Case {
  readonly now: () => number
  /** The text of a policy. */
  readonly policy?: string | undefined
  readonly token?: string | undefined
  /** Documents that are at hand, instead of fetching them. */
  readonly discovery?: string | undefined
  readonly keySet?: string | undefined
  readonly page?: string | undefined
  /** Without it nothing is fetched. */
  readonly fetch?: Fetch | undefined
}

/** The module's last answer, and its text as it came. */
export interface Diagnosis {
  readonly answer: Diagnosed | Refused
  readonly text: string
}

/** Throws EngineError for a policy that fills the module's buffer by itself. */
export async function examine(given: Case): Promise<Diagnosis> {
  const sights: Pasted[] = [...pastedOf(given)]
  const { fetch, page } = given
  if (page !== undefined && fetch !== undefined) sights.push(await look(fetch, { what: 'page', url: page }))
  for (let call = 1; ; call++) {
    const diagnosis = ask(given, sights)
    if ('error' in diagnosis.answer || fetch === undefined || call === MAX_CALLS) return diagnosis
    const { wanted } = diagnosis.answer
    if (wanted.length === 0) return diagnosis
    sights.push(...(await Promise.all(wanted.map((target) => look(fetch, target)))))
  }
}

// What was pasted has no URL: it counts for the first issuer.
type Pasted = Omit<Sight, 'url'> & { readonly url?: string }

function pastedOf({ discovery, keySet }: Case): Pasted[] {
  const documents = [
    ['discovery', discovery],
    ['key_set', keySet],
  ] as const
  return documents.flatMap(([what, body]) => (body === undefined ? [] : [{ what, body }]))
}

function ask({ now, policy, token }: Case, sights: readonly Pasted[]): Diagnosis {
  return once((engine) => {
    const answer = engine.diagnose(fitting(engine.size, sights, (seen) => requestOf(now(), policy, token, seen)))
    return { answer, text: engine.lastText() }
  })
}

// The message buffer has an end: bodies are left out, the longest first, until the request fits.
function fitting(size: number, sights: readonly Pasted[], request: (sights: readonly Pasted[]) => string): string {
  const seen = [...sights]
  const longest = [...seen.keys()].sort((a, b) => lengthOf(seen[b]) - lengthOf(seen[a]))
  for (const index of longest) {
    if (bytesOf(request(seen)) <= size) break
    const { status: _status, body: _body, ...rest } = seen[index] as Pasted
    seen[index] = { ...rest, error: 'too_large' }
  }
  return request(seen)
}

function lengthOf(sight: Pasted | undefined): number {
  return sight?.body?.length ?? 0
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}

// The policy goes in as it stands: what the module would refuse in it must reach it.
function requestOf(now: number, policy: string | undefined, token: string | undefined, fetched: unknown): string {
  const rest = JSON.stringify({ now, token: token?.slice(0, TOKEN_LENGTH), fetched })
  return policy === undefined ? rest : `${rest.slice(0, -1)},"policy":${policy}}`
}
