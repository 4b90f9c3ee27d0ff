// Status, message and challenge of every code, as the module words them; the host keeps no copy. For the codes
// that only hosts use: FORBIDDEN, INSUFFICIENT_SCOPE of a route, REVOKED, VERIFIER_UNAVAILABLE.

import type { About, CodeRow } from './answers.js'
import { AuthError, EngineError } from './errors.js'
import type { AuthErrorCode, ErrorDetails } from './errors.js'
import { once } from './stateless.js'

const RETRY_AFTER = 1

/** What the module says about itself; read once per process. */
export function about(): About {
  shared ??= once((engine) => engine.about())
  return shared
}

/** An error in the words of the catalogue. `scopes` are named in the challenge (RFC 6750 section 3). */
export function authError(
  code: AuthErrorCode,
  details: ErrorDetails = {},
  { scopes = [], cause }: { readonly scopes?: readonly string[]; readonly cause?: unknown } = {},
): AuthError {
  const { challenge, ...row } = codeRow(code)
  const named = scopes.length === 0 ? '' : `, scope="${scopes.join(' ')}"`
  const rejection = {
    ...row,
    ...(challenge === undefined ? {} : { challenge: challenge + named }),
    ...(row.status === 503 ? { retry_after: RETRY_AFTER } : {}),
    details,
  }
  return new AuthError(rejection, cause)
}

let shared: About | undefined

function codeRow(code: AuthErrorCode): CodeRow {
  const row = about().codes.find((candidate) => candidate.code === code)
  if (row === undefined) throw new EngineError(`the module knows no code \`${code}\``)
  return row
}
