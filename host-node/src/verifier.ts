// The class people use: asks the module, brings keys when it wants some, and gives the answer as a value or as an
// error. One synchronous path decides; only waiting for keys and hooks is asynchronous.

import type { Explained, FetchRequest, IssuerStatus, Rejected, Verdict } from './answers.js'
import { Archive } from './archive.js'
import { entryNamedIn } from './blame.js'
import { about, authError } from './catalogue.js'
import { timeOf } from './clock.js'
import { openingOf } from './contract.js'
import type { ContractFacts } from './contract.js'
import { FORM, moduleDigest } from './engine.js'
import type { Door, Form } from './engine.js'
import { AuthError, PolicyError } from './errors.js'
import type { AuthErrorCode } from './errors.js'
import { unavailable } from './failure.js'
import { explanationOf } from './explanation.js'
import type { ExplainOptions, Explanation } from './explanation.js'
import { healthOf, isUsable, readyOf } from './health.js'
import type { Health, ReadyStatus } from './health.js'
import { isThenable, outage, runHooks } from './hooks.js'
import type { CheckResult } from './hooks.js'
import type { Identity } from './identity.js'
import { endsWithin, settle } from './inquiry.js'
import { Keeper, keepsByDefault } from './keeper.js'
import { KeyFetcher } from './keys.js'
import { Observer } from './observer.js'
import type { HostOptions, VerifierOptions } from './options.js'
import { remember } from './opened.js'
import { Session } from './session.js'
import { sharingOf } from './sharing.js'
import type { RestoreResult, Snapshot } from './snapshot.js'

/** Verifies tokens under one policy. Made by `createVerifier`. */
export class Verifier {
  /** SHA-256 of the policy in canonical form: equal in every host that has the same policy. */
  readonly fingerprint: string
  /** The contract it was made from, and the app and environment in it. */
  readonly contract: ContractFacts | undefined
  readonly #hooks: HostOptions
  readonly #session: Session
  readonly #keys: KeyFetcher
  readonly #observer: Observer
  readonly #archive: Archive
  readonly #keeper: Keeper | undefined
  #closed = false

  /** Throws PolicyError for options, ContractError for a contract, that the module refuses. */
  constructor(options: VerifierOptions, instantiate: () => Door) {
    const { policy, contract } = openingOf(options)
    this.contract = contract
    this.#session = new Session(policy, instantiate)
    remember(this, policy)
    this.#hooks = { ...options }
    this.fingerprint = this.#session.fingerprint
    this.#observer = new Observer(options.onEvent, () => this.#session.status(this.#now()))
    this.#archive = new Archive(this.#session, () => this.#now())
    const { fetch_timeout: seconds, key_set_bytes: bytes } = about().limits
    this.#keys = new KeyFetcher(
      {
        now: () => this.#now(),
        fetchStarted: (issuer, now) => this.#session.fetchStarted(issuer, now),
        offer: (offer) => this.#session.offer(offer),
        fetchFailed: (issuer, now, retryAfter) => this.#session.fetchFailed(issuer, now, retryAfter),
        fetchAbandoned: (issuer) => this.#session.fetchAbandoned(issuer),
        names: (issuer) => this.#session.names(issuer),
        fetched: (issuer, fetch) => this.#observer.fetched(issuer, fetch),
        ended: () => this.#keeper?.watch(),
      },
      options.fetch,
      { seconds, bytes },
      sharingOf(options.store, this.#archive, this.#observer, () => this.#session.status(0), seconds),
    )
    if (options.backgroundRefresh ?? keepsByDefault())
      this.#keeper = new Keeper({ status: () => this.status(), fetch: (request) => this.#run(request) })
    if (options.snapshot !== undefined) {
      this.#archive.restoreAtStart(options.snapshot)
      this.#keeper?.watch()
    }
    this.#observer.contractRead(contract)
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
    const error = authError('INVALID_REQUEST', { reason: 'several_headers' })
    return this.#ended({ ok: false, error }, error, performance.now())
  }

  /**
   * Like `check`, without waiting. When keys are missing the answer is JWKS_UNAVAILABLE, and they are fetched in the
   * background. Hooks must be synchronous here: one that returns a promise makes the answer VERIFIER_UNAVAILABLE.
   */
  checkSync(token: string | null | undefined): CheckResult {
    const started = performance.now()
    const answer = this.#ask(FORM.token, token)
    if (!(answer instanceof AuthError) && answer.verdict === 'keys_needed') this.#fetchInBackground(answer.fetch)
    const result = this.#resultOf(answer, token)
    return this.#ended(isThenable(result) ? outage('asynchronous_hook') : result, answer, started, token)
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

  /**
   * Fetches the keys of every issuer, and tells of each whether its tokens can be verified now. One that is down does
   * not sink the others: throws AuthError JWKS_UNAVAILABLE only if no issuer has keys.
   */
  async ready(): Promise<readonly ReadyStatus[]> {
    const runs = this.status().map(({ fetch }, issuer) =>
      fetch === null ? this.#keys.running(issuer) : this.#run(fetch),
    )
    const seconds = about().limits.fetch_timeout + READY_GRACE
    const ended = await Promise.all(runs.map((run) => run === undefined || endsWithin(run, seconds)))
    const issuers = readyOf(this.status(), (issuer) => this.#reason(issuer) ?? (ended[issuer] ? undefined : 'timeout'))
    if (issuers.some(isUsable)) return issuers
    throw authError(
      'JWKS_UNAVAILABLE',
      { reason: 'no_keys', issuer: issuers[0]?.issuer },
      { cause: this.#keys.failure() },
    )
  }

  /**
   * Whether this verifier can do its work, as it stands now: for a readiness probe. Never throws. What is due is fetched
   * in the background, so that a verifier that gets no tokens finds its keys again.
   */
  health(): Health {
    try {
      const issuers = this.status()
      const health = healthOf(issuers, (issuer) => this.#reason(issuer))
      for (const { fetch } of issuers) if (fetch !== null) this.#fetchInBackground(fetch)
      return health
    } catch {
      return healthOf([], () => undefined)
    }
  }

  /** The key sets that were fetched, for a process that starts later: the option `snapshot`. Throws as `status`. */
  snapshot(): Snapshot {
    return this.#orOutage(() => this.#archive.snapshot())
  }

  /**
   * Takes in the key sets of a snapshot that are newer than those in force, and tells of each what became of it. Throws
   * PolicyError for what is no snapshot, and as `status`.
   */
  restore(snapshot: Snapshot): readonly RestoreResult[] {
    const results = this.#orOutage(() => this.#archive.restore(snapshot))
    this.#observer.keysChanged()
    this.#keeper?.watch()
    return results
  }

  /** The keys of every issuer entry, in the order of the policy. Throws AuthError VERIFIER_UNAVAILABLE. */
  status(): readonly IssuerStatus[] {
    return this.#orOutage(() => this.#session.status(this.#now()))
  }

  /** Nothing is fetched any more, and every check answers VERIFIER_UNAVAILABLE. May be called twice. */
  close(): void {
    this.#closed = true
    this.#keeper?.stop()
    this.#keys.close()
  }

  #orOutage<T>(work: () => T): T {
    if (this.#closed) throw outage('closed').error
    try {
      return work()
    } catch (error) {
      throw error instanceof PolicyError ? error : unavailable(error)
    }
  }

  async #settle(form: Form, input: unknown): Promise<CheckResult> {
    const started = performance.now()
    let first = true
    const answer = await settle(
      () => {
        const asked = this.#ask(form, input, first)
        first = false
        return asked
      },
      (asked) => (asked instanceof AuthError ? undefined : fetchNeeded(asked)),
      (fetch) => this.#run(fetch),
    )
    return this.#ended(await this.#resultOf(answer, input), answer, started, input)
  }

  // The one door to the module for requests; whatever goes wrong with the module itself is an outage.
  #ask(form: Form, input: unknown, first = true): Verdict | AuthError {
    const answer = this.#enter(form, input, (text) => this.#session.verify(form, this.#now(), text))
    if (!(answer instanceof AuthError)) this.#observer.answered(answer, first)
    return answer
  }

  #enter<Answer>(form: Form, input: unknown, call: (text: string) => Answer): Answer | AuthError {
    if (this.#closed) return outage('closed').error
    if (typeof input !== 'string' && input !== undefined && input !== null)
      return authError(NOT_TEXT[form], { reason: 'not_text' })
    try {
      return call(input ?? '')
    } catch (error) {
      return unavailable(error)
    }
  }

  #resultOf(answer: Verdict | AuthError, input: unknown): CheckResult | Promise<CheckResult> {
    if (answer instanceof AuthError) return { ok: false, error: answer }
    if (answer.verdict === 'keys_needed') return this.#rejected(answer.otherwise, input)
    if (answer.fetch !== undefined) this.#fetchInBackground(answer.fetch)
    return answer.verdict === 'accepted' ? runHooks(answer, this.#hooks) : this.#rejected(answer, input)
  }

  #ended(result: CheckResult, answer: Verdict | AuthError, started: number, input?: unknown): CheckResult {
    this.#observer.checked(result, answer, started, input)
    return result
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

  #run(fetch: FetchRequest): Promise<unknown> | undefined {
    try {
      return this.#keys.run(fetch)
    } catch {
      // The instance or the clock failed in between: as if no fetch were allowed. The next request starts over.
      return undefined
    }
  }

  #reason(issuer: number): string | undefined {
    return this.#keys.failure(issuer)?.reason
  }

  #now(): number {
    return timeOf(this.#hooks.clock)
  }
}

const NOT_TEXT: Record<Form, AuthErrorCode> = { [FORM.token]: 'MALFORMED', [FORM.authorization]: 'INVALID_REQUEST' }
// Seconds: a fetch that runs out of time tells so itself.
const READY_GRACE = 0.25

function fetchNeeded(verdict: Verdict): FetchRequest | undefined {
  return verdict.verdict === 'keys_needed' ? verdict.fetch : undefined
}
