// Events as metrics of OpenTelemetry. It uses the meter it is given and imports nothing, so whoever does not want
// OpenTelemetry need not have it.

import type { AuthEvent, EventListener } from './events.js'

export type { EventListener } from './events.js'

/** The part of a `Meter` of `@opentelemetry/api` that is used. */
export interface Meter {
  createCounter(name: string, options?: any): { add(value: number, attributes?: any): void }
  createHistogram(name: string, options?: any): { record(value: number, attributes?: any): void }
}

/** The option `onEvent` of a verifier. No attribute holds a token, a subject or a key id. */
export function otelListener({ meter }: { readonly meter: Meter }): EventListener {
  const verify = meter.createCounter('authn.verify', { description: 'checks of tokens' })
  const verifyTime = meter.createHistogram('authn.verify.duration', seconds('how long a check took'))
  const fetches = meter.createCounter('authn.keys.fetch', { description: 'fetches of key documents' })
  const fetchTime = meter.createHistogram('authn.keys.fetch.duration', seconds('how long a fetch took'))
  const rotated = meter.createCounter('authn.keys.rotated', { description: 'key sets that replaced another one' })
  const unknownKid = meter.createCounter('authn.unknown_kid', { description: 'tokens whose key is not in the set' })
  return (event: AuthEvent): void => {
    switch (event.type) {
      case 'verify': {
        const { outcome, code, algorithm, duration } = event
        verify.add(1, given({ outcome, code, algorithm }))
        verifyTime.record(duration, { outcome })
        break
      }
      case 'keys.fetch': {
        const { issuer, document, outcome, reason, duration } = event
        fetches.add(1, given({ issuer, document, outcome, reason }))
        fetchTime.record(duration, { issuer, document, outcome })
        break
      }
      case 'keys.rotated':
        rotated.add(1, { issuer: event.issuer })
        break
      case 'unknown_kid':
        unknownKid.add(1, { issuer: event.issuer, outcome: event.outcome })
        break
      default:
        // States are better read from `health()` than counted.
        break
    }
  }
}

// The default buckets are for milliseconds.
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

function seconds(description: string): object {
  return { description, unit: 's', advice: { explicitBucketBoundaries: BUCKETS } }
}

function given(attributes: Record<string, string | null | undefined>): Record<string, string> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(entries) as Record<string, string>
}
