// What a verifier tells its owner while it works: what the module says of the keys, and two events of the host. No
// event holds a token, a subject or a key id, so all of it may become labels of metrics.

import type { AuthErrorCode, Event } from './generated.js'

export type { KeyFetchEvent, KeyStateEvent, KeyStoreEvent, KeysRotatedEvent, UnknownKidEvent } from './generated.js'

/** One check, with its hooks and the wait for keys. */
export interface VerifyEvent {
  readonly type: 'verify'
  readonly outcome: 'accepted' | 'rejected' | 'unavailable'
  /** `null` when accepted. */
  readonly code: AuthErrorCode | null
  /** Of an accepted token; what a rejected one says of itself is anybody's text. */
  readonly algorithm: string | null
  /** Seconds. */
  readonly duration: number
}

/** The contract gives a policy, and warns of the app: its tokens may all be refused. Told once, at the start. */
export interface ContractWarningEvent {
  readonly type: 'contract.warning'
  readonly app: string
  readonly environment: string
  readonly message: string
}

export type AuthEvent = Event | ContractWarningEvent | VerifyEvent

/** Called synchronously; what it throws or rejects with is ignored. */
export type EventListener = (event: AuthEvent) => void

/** Tells a listener; whatever it does, nothing comes back. */
export function tell(listener: EventListener, event: AuthEvent): void {
  try {
    const answer: unknown = listener(event)
    // Without this a promise that is rejected ends the process.
    Promise.resolve(answer).catch(() => undefined)
  } catch {
    // A listener that fails must not change a verdict.
  }
}
