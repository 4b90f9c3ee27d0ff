// Members of a header or payload as rows, in the order they came in.

import type { Paper } from './io.js'
import { moment } from './moment.js'
import { safe, shown } from './paper.js'
import type { Row } from './paper.js'

// NumericDates of RFC 7519 and OpenID Connect Core.
const MOMENTS = ['auth_time', 'exp', 'iat', 'nbf', 'updated_at']

export function memberRows(paper: Paper, members: Readonly<Record<string, unknown>>): Row[] {
  return Object.entries(members).map(([name, value]) => [safe(name), memberValue(paper, name, value)])
}

/** What stands in a claim; times with their date. */
export function memberValue(paper: Paper, name: string, value: unknown): string {
  if (!isMomentOf(name, value)) return shown(value)
  const said = moment(value, paper.now)
  return said === String(value) ? said : `${value} (${said})`
}

/** Whether a claim holds a moment. */
export function isMomentOf(claim: string, value: unknown): value is number {
  return typeof value === 'number' && MOMENTS.includes(claim)
}
