// A question to the module that may need keys, and the module's answer as it came.

import type { Explained, FetchRequest, Verdict } from '../answers.js'
import { about } from '../catalogue.js'
import { FORM, instantiate } from '../engine.js'
import { settle } from '../inquiry.js'
import { KeyFetcher } from '../keys.js'
import { Session } from '../session.js'
import { once } from '../stateless.js'
import type { Io } from './io.js'
import type { Given } from './options.js'
import { refused } from './refusal.js'

/** An answer, and its text. */
export interface Answer<T> {
  readonly value: T
  readonly text: string
  /** Why the keys could not be had, in the words of this host. */
  readonly failure: string | undefined
}

/** Asks whether a token is accepted. Throws UsageError if the policy is refused. */
export function askVerify(io: Io, given: Given, policy: string, token: string): Promise<Answer<Verdict>> {
  return ask(
    io,
    given,
    policy,
    (session) => session.verify(FORM.token, io.now(), token),
    (verdict) => verdict,
  )
}

/** Asks for every step. Throws UsageError if the policy is refused. */
export function askExplain(
  io: Io,
  given: Given,
  policy: string,
  token: string,
  values: boolean,
): Promise<Answer<Explained>> {
  return ask(
    io,
    given,
    policy,
    (session) => session.explain(FORM.token, values, io.now(), token),
    ({ verdict }) => verdict,
  )
}

async function ask<T>(
  io: Io,
  given: Given,
  policy: string,
  question: (session: Session) => T,
  verdictOf: (value: T) => Verdict,
): Promise<Answer<T>> {
  const session = open(policy, given)
  const keys = new KeyFetcher(portOf(io, session), io.fetch, limits())
  const answer = await settle(
    () => ({ value: question(session), text: session.lastText() }),
    ({ value }) => fetchNeeded(verdictOf(value)),
    (fetch) => keys.run(fetch),
  )
  keys.close()
  return { ...answer, failure: keys.failure()?.message }
}

// In the shared instance first: a refusal is wanted as the module words it.
function open(policy: string, given: Given): Session {
  once((engine) => {
    const answer = engine.open(policy)
    if ('error' in answer) throw refused(given, answer.error, engine.lastText())
    engine.close(answer.verifier)
  })
  return new Session(policy, instantiate)
}

function portOf(io: Io, session: Session): ConstructorParameters<typeof KeyFetcher>[0] {
  return {
    now: io.now,
    fetchStarted: (issuer, now) => session.fetchStarted(issuer, now),
    offer: (offer) => session.offer(offer),
    fetchFailed: (issuer, now, retryAfter) => session.fetchFailed(issuer, now, retryAfter),
    fetchAbandoned: (issuer) => session.fetchAbandoned(issuer),
    names: (issuer) => session.names(issuer),
  }
}

function limits(): { seconds: number; bytes: number } {
  const { fetch_timeout: seconds, key_set_bytes: bytes } = about().limits
  return { seconds, bytes }
}

function fetchNeeded(verdict: Verdict): FetchRequest | undefined {
  return verdict.verdict === 'keys_needed' ? verdict.fetch : undefined
}
