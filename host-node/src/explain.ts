// A verdict with every check that led to it (docs/abi.md, "Trace").

import type { AuthErrorCode, Check, Explained } from './generated.js'

export interface ExplainOptions {
  /** Show what was found in claims. Default false. */
  readonly values?: boolean | undefined
}

/** The verdict in short, and its checks, always all of them and in the same order. */
export interface Explanation {
  readonly verdict: 'accepted' | 'rejected'
  /** Left out when accepted, as are `status` and `message`. */
  readonly code?: AuthErrorCode
  readonly status?: number
  readonly message?: string
  readonly checks: readonly Check[]
}

/** The public form of a final answer. */
export function explanationOf({ verdict, checks }: Explained): Explanation {
  if (verdict.verdict !== 'rejected') return { verdict: 'accepted', checks }
  const { code, status, message } = verdict
  return { verdict: 'rejected', code, status, message, checks }
}
