// `@fuzefront/authn/doctor`: what is wrong between a policy, an issuer and perhaps a token. The tools examine; what they
// want to see is fetched here.

import { openingOf } from './contract.js'
import { PolicyError } from './errors.js'
import type { Fetch } from './http.js'
import { policyOfVerifier } from './opened.js'
import type { VerifierOptions } from './options.js'
import { run } from './tools.js'
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
  const { policy, token, discovery, keySet, page, offline, clock, fetch = globalThis.fetch as Fetch } = symptoms
  const text = policy === undefined ? undefined : textOf(policy)
  const doctor = { policy: text, token, discovery, key_set: keySet, page, offline: offline === true }
  const world = { now: clock ?? (() => Date.now() / 1000), fetch }
  const answer = await run<Examined>({ doctor }, world)
  if ('error' in answer) throw new PolicyError(answer.error.message, answer.error.path ?? '')
  return answer.findings
}

type Examined =
  { readonly findings: readonly Finding[] } | { readonly error: { readonly message: string; readonly path?: string } }

function textOf(policy: Verifier | VerifierOptions): string {
  return policyOfVerifier(policy) ?? openingOf(policy as VerifierOptions).policy
}

export type { Fetch, FetchInit, FetchResponse } from './http.js'
