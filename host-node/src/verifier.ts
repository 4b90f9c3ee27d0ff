// The class people use: asks the module, brings keys when it wants some, and gives the answer as a value or as an
// error. One synchronous path decides; only waiting for keys and hooks is asynchronous.

import { Background, keepsByDefault } from './background.js'
import { ClockError, timeOf } from './clock.js'
import { openingOf } from './contract.js'
import type { ContractFacts } from './contract.js'
import { Broken, moduleDigest } from './engine.js'
import type { Exports } from './engine.js'
import { AuthError, EngineError, PolicyError, authError } from './errors.js'
import { tell } from './events.js'
import type { AuthEvent } from './events.js'
import { explanationOf } from './explain.js'
import type { ExplainOptions, Explanation } from './explain.js'
import { LIMITS } from './generated.js'
import type { Explained, Identity, IssuerStatus, Rejected, Status, Verdict } from './generated.js'
import { isThenable, outage, runHooks } from './hooks.js'
import type { CheckResult } from './hooks.js'
import { Keys } from './keys.js'
import type { HostOptions, Snapshot, VerifierOptions } from './options.js'
import { remember } from './opened.js'
import { Session } from './session.js'
import { storeOf } from './store.js'

/** Whether a verifier can do its work. `degraded`: some tokens cannot be verified, or soon cannot. */
export interface Health {
  readonly status: Status['health']
  readonly issuers: readonly IssuerHealth[]
}

/** What a probe may show of the keys of one issuer entry. */
export type IssuerHealth = Pick<IssuerStatus, 'issuer' | 'state' | 'age' | 'keys' | 'failures' | 'error'>

/** What became of one record of a snapshot. */
export interface RestoreResult {
  /** The names of its issuer entry, if the policy has one. */
  readonly issuer?: readonly string[]
  readonly result: 'stored' | 'refused'
  /** A fixed word, when it was refused: `wrong_hash`, `no_such_issuer`, `too_old`, `not_newer`, … */
  readonly reason?: string
}

const AUTHORIZATION = 1
const VALUES = 2
/** The attempt whose answer is final. */
const LAST = LIMITS.attempts - 1
// Seconds: a fetch that runs out of time tells so itself.
const READY_GRACE = 0.25

/** Verifies tokens under one policy. Made by `createVerifier`. */
export class Verifier {
  /** SHA-256 of the policy in canonical form: equal in every host that has the same policy. */
  readonly fingerprint: string
  /** The contract it was made from, and the app and environment in it. */
  readonly contract: ContractFacts | undefined
  readonly #hooks: HostOptions
  readonly #session: Session
  readonly #keys: Keys
  readonly #background: Background | undefined
  #closed = false

  /** Throws PolicyError for options, ContractError for a contract, that the module refuses. */
  constructor(options: VerifierOptions, instantiate: () => Exports) {
    const { policy, contract } = openingOf(options)
    this.contract = contract
    this.#hooks = { ...options }
    const { onEvent, fetch, store, snapshot, backgroundRefresh } = options
    this.#session = new Session(policy, instantiate, onEvent && ((event) => tell(onEvent, event)))
    remember(this, policy)
    this.fingerprint = this.#session.fingerprint
    this.#keys = new Keys({
      session: this.#session,
      now: () => this.#now(),
      fetch,
      store: store === undefined ? undefined : storeOf(store),
      ended: () => this.#background?.watch(),
    })
    if (this.#session.fetches && (backgroundRefresh ?? keepsByDefault()))
      this.#background = new Background({
        status: () => this.#status(),
        bring: (issuer) => this.#keys.bring(issuer),
      })
    if (snapshot !== undefined) this.#restoreAtStart(snapshot)
    if (contract?.warning !== undefined) {
      const { app, environment, warning: message } = contract
      this.#tell({ type: 'contract.warning', app, environment, message })
    }
  }

  /** SHA-256 of the WebAssembly module's bytes, hexadecimal. */
  get digest(): string {
    return moduleDigest
  }

  /** The identity a token speaks for. Throws AuthError. */
  async verify(token: string | null | undefined): Promise<Identity> {
    const result = await this.check(token)
    if (result.ok) return result.identity
    throw result.error
  }

  /** Like `verify`, but the answer is a value: nothing is thrown for a bad token. */
  async check(token: string | null | undefined): Promise<CheckResult> {
    return this.#check(0, token)
  }

  /** Like `check`, on the value (or values) of a request's `Authorization` header (RFC 6750 section 2.1). */
  async checkAuthorization(header: string | readonly string[] | null | undefined): Promise<CheckResult> {
    if (!Array.isArray(header)) return this.#check(AUTHORIZATION, header)
    if (header.length <= 1) return this.#check(AUTHORIZATION, header[0])
    const error = authError('INVALID_REQUEST', { reason: 'several_headers' })
    return this.#ended({ ok: false, error }, performance.now())
  }

  /**
   * Like `check`, without waiting. When keys are missing the answer is JWKS_UNAVAILABLE, and they are fetched in the
   * background. Hooks must be synchronous here: one that returns a promise makes the answer VERIFIER_UNAVAILABLE.
   */
  checkSync(token: string | null | undefined): CheckResult {
    const started = performance.now()
    let answer = this.#ask<Verdict>('verify', 0, token, 0)
    if (!(answer instanceof AuthError) && answer.verdict === 'keys_needed') {
      this.#keys.bring(answer.issuer)
      answer = this.#ask('verify', 0, token, LAST)
    }
    const result = this.#resultOf(answer)
    return this.#ended(isThenable(result) ? outage('asynchronous_hook') : result, started, answer)
  }

  /**
   * Every check of a token, and where it ended. What stands in claims is left out unless `values` asks for it; hooks are
   * not run. Throws AuthError VERIFIER_UNAVAILABLE where `check` has it.
   */
  async explain(token: string | null | undefined, { values }: ExplainOptions = {}): Promise<Explanation> {
    const flags = values === true ? VALUES : 0
    const ask = (attempt: number): Explained | AuthError => this.#ask('explain', flags, token, attempt)
    const answer = await this.#settled(ask, ({ verdict }) => verdict)
    if (answer instanceof AuthError) throw answer
    return explanationOf(answer)
  }

  /**
   * Fetches the keys of every issuer, and tells of each whether its tokens can be verified now. One that is down does
   * not sink the others: throws AuthError JWKS_UNAVAILABLE only if no issuer has keys.
   */
  async ready(): Promise<readonly IssuerStatus[]> {
    const runs = this.status().map(({ fetch }, issuer) => this.#keys[fetch ? 'bring' : 'running'](issuer))
    const seconds = LIMITS.fetch_timeout + READY_GRACE
    const ended = await Promise.all(runs.map((run) => run === undefined || endsWithin(run, seconds)))
    const issuers = this.status().map((status, issuer) =>
      status.usable || ended[issuer] === true ? status : { ...status, error: 'timeout' },
    )
    if (issuers.some(({ usable }) => usable)) return issuers
    const [first] = issuers
    const told = first?.error === undefined ? {} : { error: first.error }
    const details = { reason: 'no_keys', issuer: first?.issuer, ...told }
    throw authError('JWKS_UNAVAILABLE', details, { cause: this.#keys.failure(0) })
  }

  /**
   * Whether this verifier can do its work, as it stands now: for a readiness probe. Never throws. What is due is fetched
   * in the background, so that a verifier that gets no tokens finds its keys again.
   */
  health(): Health {
    try {
      const { health, issuers } = this.#status()
      issuers.forEach(({ fetch }, issuer) => fetch && this.#keys.bring(issuer))
      return { status: health, issuers: issuers.map(healthOf) }
    } catch {
      return { status: 'not_ready', issuers: [] }
    }
  }

  /** The key sets that were fetched, for a process that starts later: the option `snapshot`. Throws as `status`. */
  snapshot(): Snapshot {
    this.status()
    return { version: 2, records: this.#session.records() }
  }

  /**
   * Takes in the key sets of a snapshot that are newer than those in force, and tells of each what became of it. Throws
   * PolicyError for what is not a snapshot, and as `status`.
   */
  restore(snapshot: Snapshot): readonly RestoreResult[] {
    const records = recordsOf(snapshot)
    const results = this.#orOutage(() => records.map((record) => this.#restore(record)))
    this.#background?.watch()
    return results
  }

  /** The keys of every issuer entry, in the order of the policy. Throws AuthError VERIFIER_UNAVAILABLE. */
  status(): readonly IssuerStatus[] {
    return this.#orOutage(() => this.#status().issuers)
  }

  /** Nothing is fetched any more, and every check answers VERIFIER_UNAVAILABLE. May be called twice. */
  close(): void {
    this.#closed = true
    this.#background?.stop()
    this.#keys.close()
  }

  async #check(flags: number, input: unknown): Promise<CheckResult> {
    const started = performance.now()
    const ask = (attempt: number): Verdict | AuthError => this.#ask('verify', flags, input, attempt)
    const answer = await this.#settled(ask, (verdict) => verdict)
    return this.#ended(await this.#resultOf(answer), started, answer)
  }

  /** The answer that does not want keys any more: they are brought in between, while a caller may be kept waiting. */
  async #settled<Answer extends object>(
    ask: (attempt: number) => Answer | AuthError,
    verdictOf: (answer: Answer) => Verdict,
  ): Promise<Answer | AuthError> {
    const started = performance.now()
    for (let attempt = 0; ;) {
      const answer = ask(attempt)
      const verdict = answer instanceof AuthError ? undefined : verdictOf(answer)
      if (verdict?.verdict !== 'keys_needed') return answer
      const left = verdict.wait - (performance.now() - started) / 1000
      const run = left > 0 ? this.#keys.bring(verdict.issuer) : undefined
      attempt = run !== undefined && (await endsWithin(run, left)) ? attempt + 1 : LAST
    }
  }

  // The one door to the module for requests; what goes wrong with the module itself is an outage.
  #ask<Answer>(operation: 'verify' | 'explain', flags: number, input: unknown, attempt: number): Answer | AuthError {
    if (this.#closed) return outage('closed').error
    if (typeof input !== 'string' && input !== undefined && input !== null)
      return authError(flags & AUTHORIZATION ? 'INVALID_REQUEST' : 'MALFORMED', { reason: 'not_text' })
    try {
      return this.#session.ask<Answer>(operation, { flags, attempt, now: this.#now() }, input ?? '')
    } catch (error) {
      return unavailable(error)
    }
  }

  #resultOf(answer: Verdict | AuthError): CheckResult | Promise<CheckResult> {
    if (answer instanceof AuthError) return { ok: false, error: answer }
    if (answer.verdict === 'keys_needed') return outage('instance')
    if (answer.fetch !== undefined) this.#keys.bring(answer.fetch)
    return answer.verdict === 'accepted' ? runHooks(answer, this.#hooks) : this.#rejected(answer)
  }

  #rejected(rejected: Rejected): CheckResult {
    // The module tells a word; a log wants to know what happened.
    const cause = rejected.code === 'JWKS_UNAVAILABLE' ? this.#keys.failure(rejected.issuer) : undefined
    return { ok: false, error: new AuthError(rejected, cause) }
  }

  // What a rejected token says of itself is anybody's text: its algorithm is not told.
  #ended(result: CheckResult, started: number, answer?: Verdict | AuthError): CheckResult {
    if (this.#hooks.onEvent === undefined) return result
    const accepted = answer !== undefined && 'verdict' in answer && answer.verdict === 'accepted'
    const refused = result.ok ? undefined : result.error
    this.#tell({
      type: 'verify',
      outcome: refused === undefined ? 'accepted' : refused.status === 503 ? 'unavailable' : 'rejected',
      code: refused?.code ?? null,
      algorithm: accepted ? answer.token.alg : null,
      duration: (performance.now() - started) / 1000,
    })
    return result
  }

  #tell(event: AuthEvent): void {
    if (this.#hooks.onEvent !== undefined) tell(this.#hooks.onEvent, event)
  }

  #restoreAtStart(snapshot: unknown): void {
    for (const record of recordsOf(snapshot)) {
      try {
        this.#restore(record)
      } catch {
        // A record that the instance cannot take must not keep a service from starting.
      }
    }
    this.#background?.watch()
  }

  #restore(record: string): RestoreResult {
    try {
      const { issuer, result, reason } = this.#session.restore(record, this.#now())
      const names = issuer === undefined ? undefined : this.#session.names[issuer]
      return { ...(names && { issuer: names }), result, ...(reason === undefined ? {} : { reason }) }
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      // A record that breaks the instance is not an outage: the next call gets a new one.
      return { result: 'refused', reason: wordOf(error) }
    }
  }

  #status(): Status {
    if (this.#closed) throw outage('closed').error
    return this.#session.ask('status', { now: this.#now() })
  }

  #orOutage<T>(work: () => T): T {
    if (this.#closed) throw outage('closed').error
    try {
      return work()
    } catch (error) {
      throw error instanceof PolicyError ? error : unavailable(error)
    }
  }

  #now(): number {
    return timeOf(this.#hooks.clock)
  }
}

/** What a caller gets instead of a verdict when a call of the module failed. */
function unavailable(error: unknown): AuthError {
  return outage(wordOf(error), error).error
}

function wordOf(error: unknown): string {
  if (error instanceof Broken) return 'trap'
  if (error instanceof ClockError) return 'clock'
  return error instanceof EngineError ? 'invalid_call' : 'instance'
}

function healthOf({ issuer, state, age, keys, failures, error }: IssuerStatus): IssuerHealth {
  return { issuer, state, age, keys, failures, ...(error === undefined ? {} : { error }) }
}

/** Whether a run ends in time; it goes on either way. */
function endsWithin(run: Promise<unknown>, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), seconds * 1000)
    void run.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

function recordsOf(snapshot: unknown): readonly string[] {
  if (typeof snapshot !== 'object' || snapshot === null) throw new PolicyError('is not an object', '/snapshot')
  const { version, records } = snapshot as Partial<Record<keyof Snapshot, unknown>>
  if (version !== 2)
    throw new PolicyError('is not 2, the version of snapshots that this host knows', '/snapshot/version')
  if (!Array.isArray(records) || !records.every((record) => typeof record === 'string'))
    throw new PolicyError('is not a list of strings', '/snapshot/records')
  return records
}
