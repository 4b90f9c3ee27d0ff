// The values a caller gets: who it is, what the token said of itself, which keys decided. Types only.

/** How the token was verified; the family's frozen words. */
export type AuthMode = 'federated-jwks' | 'legacy-hs256'

/** Who a token speaks for. Times are seconds since the Unix epoch. */
export interface Identity {
  /** The subject, never empty. Unique within `issuer` only. */
  readonly userId: string
  /** `null` means unresolved, never "any tenant". */
  readonly tenantId: string | null
  /** Empty means unprivileged. */
  readonly roles: readonly string[]
  readonly email?: string
  readonly authMode: AuthMode
  readonly issuedAt?: number
  readonly expiresAt: number
  readonly issuer?: string
  /** The payload as it came in. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** What the verified token said of itself. */
export interface TokenFacts {
  readonly alg: string
  readonly kid?: string
  readonly typ?: string
  readonly jti?: string
  readonly sid?: string
  readonly azp?: string
  readonly scopes: readonly string[]
  /** `machine`: a client's own token, not one of a person (RFC 9068 section 2.2). */
  readonly kind: 'user' | 'machine'
}

/** Which keys decided; `generation` moves when any key of the set changes. */
export interface KeyFacts {
  readonly state: 'fresh' | 'aging' | 'stale' | 'static' | 'secret'
  readonly generation: number
}
