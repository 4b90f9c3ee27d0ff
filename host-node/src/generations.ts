// Generations that never go back. An instance counts from its own start; whoever caches verdicts by generation must not
// meet an old number again after a trap, when a new instance begins to count anew.

import type { IssuerStatus, Verdict } from './answers.js'
import { namesOf } from './observer.js'

export class Generations {
  /** By issuer, as the caller knows them. */
  readonly #seen = new Map<number, number>()
  /** What to add to the numbers of the instance; none for the first one. */
  #offsets: readonly { readonly names: readonly string[]; readonly offset: number }[] = []

  /** A key set came into force. */
  stored(issuer: number, generation: number): void {
    this.#seen.set(issuer, generation + this.#offset(issuer))
  }

  /** A new instance was told everything the old one knew, and has this status. */
  renewed(issuers: readonly IssuerStatus[]): void {
    this.#offsets = issuers.map(({ issuer, generation }, index) => ({
      names: namesOf(issuer),
      offset: (this.#seen.get(index) ?? generation) - generation,
    }))
  }

  ofStatus(issuers: readonly IssuerStatus[]): readonly IssuerStatus[] {
    if (this.#offsets.length === 0) return issuers
    return issuers.map((status, index) => ({ ...status, generation: status.generation + this.#offset(index) }))
  }

  ofVerdict(verdict: Verdict): Verdict {
    if (this.#offsets.length === 0 || verdict.verdict !== 'accepted') return verdict
    const { issuer } = verdict.identity
    const offset = this.#offsets.find(({ names }) => issuer !== undefined && names.includes(issuer))?.offset ?? 0
    return { ...verdict, keys: { ...verdict.keys, generation: verdict.keys.generation + offset } }
  }

  #offset(issuer: number): number {
    return this.#offsets[issuer]?.offset ?? 0
  }
}
