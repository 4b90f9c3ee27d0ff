// The class people use: asks the module, brings keys when it wants some, and gives the answer as a value or as an
// error. One synchronous path decides; only waiting for keys and hooks is asynchronous.

import type { Explained, FetchRequest, IssuerStatus, Rejected, Verdict } from './answers.js'
import { entryNamedIn } from './blame.js'
import { about, authError } from './catalogue.js'
import { openingOf } from './contract.js'
import type { ContractFacts } from './contract.js'
import { Broken, FORM, moduleDigest } from './engine.js'
import type { Door, Form } from './engine.js'
import { AuthError, EngineError } from './errors.js'
import type { AuthErrorCode } from './errors.js'
import { explanationOf } from './explanation.js'
import type { ExplainOptions, Explanation } from './explanation.js'
import { isThenable, outage, runHooks } from './hooks.js'
import type { CheckResult } from './hooks.js'
import type { Identity } from './identity.js'
import { settle } from './inquiry.js'
import { KeyFetcher } from './keys.js'
import type { HostOptions, VerifierOptions } from './options.js'
import { Session } from './session.js'

/** Verifies tokens under one policy. Made by `createVerifier`. */
export class Verifier {
  /** SHA-256 of the policy in canonical form: equal in every host that has the same policy. */
  readonly fingerprint: string
  /** The contract it was made from, and the app and environment in it. */
  readonly contract: ContractFacts | undefined
  readonly #hooks: HostOptions
  readonly #session: Session
  readonly #keys: KeyFetcher
  #closed = false

  /** Throws PolicyError for options, ContractError for a contract, that the module refuses. */
  constructor(options: VerifierOptions, instantiate: () => Door) {
    const { policy, contract } = openingOf(options)
    this.contract = contract
    this.#session = new Session(policy, instantiate)
    this.#hooks = { ...options }
    this.fingerprint = this.#session.fingerprint
    const { limits } = about()
    this.#keys = new KeyFetcher(
      {
        now: () => this.#now(),
        fetchStarted: (issuer, now) => this.#session.fetchStarted(issuer, now),
        offer: (offer) => this.#session.offer(offer),
        fetchFailed: (issuer, now, retryAfter) => this.#session.fetchFailed(issuer, now, retryAfter),
      },
      options.fetch,
      { seconds: limits.fetch_timeout, bytes: limits.key_set_bytes },
    )
  }

  /** SHA-256 of the WebAssembly module's bytes, hexadecimal. */
  get digest(): string {
    return moduleDigest()
  }

  /** The identity a token speaks for. Throws AuthError. */
  async verify(token: string | null | undefined): Promise<Identity> {
    const result = await this.check(token)
    if (result.ok) return result.identity
    throw result.error
  }

  /** Like `verify`, but the answer is a value: nothing is thrown for a bad token. */
  async check(token: string | null | undefined): Promise<CheckResult> {
    return this.#settle(FORM.token, token)
  }

  /** Like `check`, on the value (or values) of a request's `Authorization` header (RFC 6750 section 2.1). */
  async checkAuthorization(header: string | readonly string[] | null | undefined): Promise<CheckResult> {
    if (!Array.isArray(header)) return this.#settle(FORM.authorization, header)
    if (header.length <= 1) return this.#settle(FORM.authorization, header[0])
    return { ok: false, error: authError('INVALID_REQUEST', { reason: 'several_headers' }) }
  }

  /**
   * Like `check`, without waiting. When keys are missing the answer is JWKS_UNAVAILABLE, and they are fetched in the
   * background. Hooks must be synchronous here: one that returns a promise makes the answer VERIFIER_UNAVAILABLE.
   */
  checkSync(token: string | null | undefined): CheckResult {
    const answer = this.#ask(FORM.token, token)
    if (answer instanceof AuthError) return { ok: false, error: answer }
    if (answer.verdict === 'keys_needed') {
      this.#fetchInBackground(answer.fetch)
      return this.#rejected(answer.otherwise, token)
    }
    const result = this.#finish(answer, token)
    return isThenable(result) ? outage('asynchronous_hook') : result
  }

  /**
   * Every step of `check`, and where it ended. What stands in claims is left out unless `values` asks for it; hooks are
   * not run. Throws AuthError VERIFIER_UNAVAILABLE where `check` has it.
   */
  async explain(token: string | null | undefined, options: ExplainOptions = {}): Promise<Explanation> {
    const values = options.values === true
    const explain = (text: string): Explained => this.#session.explain(FORM.token, values, this.#now(), text)
    const answer = await settle(
      () => this.#enter(FORM.token, token, explain),
      (asked) => (asked instanceof AuthError ? undefined : fetchNeeded(asked.verdict)),
      (fetch) => this.#run(fetch),
    )
    if (answer instanceof AuthError) throw answer
    return explanationOf(answer)
  }

  /** Fetches the keys of every issuer. Throws AuthError JWKS_UNAVAILABLE if those of one cannot be had. */
  async ready(): Promise<readonly IssuerStatus[]> {
    const runs = this.status().map(({ fetch }, issuer) =>
      fetch === null ? this.#keys.running(issuer) : this.#run(fetch),
    )
    await Promise.all(runs)
    const issuers = this.status()
    const missing = issuers.findIndex(({ state }) => state === 'empty' || state === 'dead')
    if (missing === -1) return issuers
    const details = { reason: 'no_keys', issuer: issuers[missing]?.issuer }
    throw authError('JWKS_UNAVAILABLE', details, { cause: this.#keys.failure(missing) })
  }

  /** The keys of every issuer entry, in the order of the policy. Throws AuthError VERIFIER_UNAVAILABLE. */
  status(): readonly IssuerStatus[] {
    if (this.#closed) throw outage('closed').error
    try {
      return this.#session.status(this.#now())
    } catch (error) {
      throw unavailable(error)
    }
  }

  /** Nothing is fetched any more, and every check answers VERIFIER_UNAVAILABLE. May be called twice. */
  close(): void {
    this.#closed = true
    this.#keys.close()
  }

  async #settle(form: Form, input: unknown): Promise<CheckResult> {
    const answer = await settle(
      () => this.#ask(form, input),
      (asked) => (asked instanceof AuthError ? undefined : fetchNeeded(asked)),
      (fetch) => this.#run(fetch),
    )
    if (answer instanceof AuthError) return { ok: false, error: answer }
    return answer.verdict === 'keys_needed' ? this.#rejected(answer.otherwise, input) : this.#finish(answer, input)
  }

  // The one door to the module for requests; whatever goes wrong with the module itself is an outage.
  #ask(form: Form, input: unknown): Verdict | AuthError {
    return this.#enter(form, input, (text) => this.#session.verify(form, this.#now(), text))
  }

  #enter<Answer>(form: Form, input: unknown, call: (text: string) => Answer): Answer | AuthError {
    if (this.#closed) return outage('closed').error
    if (typeof input !== 'string' && input !== undefined && input !== null) return authError(NOT_TEXT[form])
    try {
      return call(input ?? '')
    } catch (error) {
      return unavailable(error)
    }
  }

  #finish(verdict: Exclude<Verdict, { verdict: 'keys_needed' }>, input: unknown): CheckResult | Promise<CheckResult> {
    if (verdict.fetch !== undefined) this.#fetchInBackground(verdict.fetch)
    return verdict.verdict === 'accepted' ? runHooks(verdict, this.#hooks) : this.#rejected(verdict, input)
  }

  #rejected(rejected: Rejected, input: unknown): CheckResult {
    // The module never sees why a fetch failed; whoever reads the log wants to.
    const cause = rejected.code === 'JWKS_UNAVAILABLE' ? this.#failure(input) : undefined
    return { ok: false, error: new AuthError(rejected, cause) }
  }

  #failure(input: unknown): Error | undefined {
    try {
      const entry = entryNamedIn(String(input), this.#session.status(this.#now()))
      return entry === undefined ? undefined : this.#keys.failure(entry)
    } catch {
      // The verdict stands; only its cause stays untold.
      return undefined
    }
  }

  #fetchInBackground(fetch: FetchRequest): void {
    void this.#run(fetch)
  }

  #run(fetch: FetchRequest): Promise<void> | undefined {
    try {
      return this.#keys.run(fetch)
    } catch {
      // The instance or the clock failed in between: as if no fetch were allowed. The next request starts over.
      return undefined
    }
  }

  #now(): number {
    const now = readClock(this.#hooks.clock ?? systemClock)
    if (typeof now === 'number' && now >= 0 && now < Infinity) return now
    throw new ClockError('the clock gave no time')
  }
}

const NOT_TEXT: Record<Form, AuthErrorCode> = { [FORM.token]: 'MALFORMED', [FORM.authorization]: 'INVALID_REQUEST' }

class ClockError extends Error {
  override readonly name = 'ClockError'
}

function systemClock(): number {
  return Date.now() / 1000
}

function readClock(clock: () => number): unknown {
  try {
    return clock()
  } catch (cause) {
    throw new ClockError('the clock failed', { cause })
  }
}

function unavailable(error: unknown): AuthError {
  return outage(reasonOf(error), error).error
}

function reasonOf(error: unknown): string {
  if (error instanceof Broken) return 'trap'
  if (error instanceof ClockError) return 'clock'
  return error instanceof EngineError ? 'invalid_call' : 'instance'
}

function fetchNeeded(verdict: Verdict): FetchRequest | undefined {
  return verdict.verdict === 'keys_needed' ? verdict.fetch : undefined
}
