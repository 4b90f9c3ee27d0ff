// A question to the module that may need keys, and the module's answer as it came.

import type { Explained, FetchRequest, Verdict } from '../answers.js'
import { about } from '../catalogue.js'
import { FORM, instantiate } from '../engine.js'
import { PolicyError } from '../errors.js'
import { settle } from '../inquiry.js'
import { KeyFetcher } from '../keys.js'
import { Session } from '../session.js'
import { once } from '../stateless.js'
import { UsageError } from './io.js'
import type { Io } from './io.js'

/** An answer, and its text. */
export interface Answer<T> {
  readonly value: T
  readonly text: string
  /** Why the keys could not be had, in the words of this host. */
  readonly failure: string | undefined
}

/** Asks whether a token is accepted. Throws UsageError if the policy is refused. */
export function askVerify(io: Io, policy: string, token: string): Promise<Answer<Verdict>> {
  return ask(
    io,
    policy,
    (session) => session.verify(FORM.token, io.now(), token),
    (verdict) => verdict,
  )
}

/** Asks for every step. Throws UsageError if the policy is refused. */
export function askExplain(io: Io, policy: string, token: string, values: boolean): Promise<Answer<Explained>> {
  return ask(
    io,
    policy,
    (session) => session.explain(FORM.token, values, io.now(), token),
    ({ verdict }) => verdict,
  )
}

async function ask<T>(
  io: Io,
  policy: string,
  question: (session: Session) => T,
  verdictOf: (value: T) => Verdict,
): Promise<Answer<T>> {
  const session = open(policy)
  const keys = new KeyFetcher(portOf(io, session), io.fetch, limits())
  const answer = await settle(
    () => ({ value: question(session), text: session.lastText() }),
    ({ value }) => fetchNeeded(verdictOf(value)),
    (fetch) => keys.run(fetch),
  )
  keys.close()
  return { ...answer, failure: keys.failure()?.message }
}

function open(policy: string): Session {
  try {
    return new Session(policy, instantiate)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw new UsageError(`the policy is refused: ${error.message}`, refusalOf(policy))
  }
}

function refusalOf(policy: string): string {
  return once((engine) => {
    engine.open(policy)
    return engine.lastText()
  })
}

function portOf(io: Io, session: Session): ConstructorParameters<typeof KeyFetcher>[0] {
  return {
    now: io.now,
    fetchStarted: (issuer, now) => session.fetchStarted(issuer, now),
    offer: (offer) => session.offer(offer),
    fetchFailed: (issuer, now, retryAfter) => session.fetchFailed(issuer, now, retryAfter),
  }
}

function limits(): { seconds: number; bytes: number } {
  const { fetch_timeout: seconds, key_set_bytes: bytes } = about().limits
  return { seconds, bytes }
}

function fetchNeeded(verdict: Verdict): FetchRequest | undefined {
  return verdict.verdict === 'keys_needed' ? verdict.fetch : undefined
}
