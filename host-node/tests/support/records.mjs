// Records by hand (docs/abi.md, "Records"): what a snapshot and a shared store hold.

import { createHash } from 'node:crypto'
import { NOW } from './tokens.mjs'

/** The record of a set; `more` are members of its header line, `body` another body than the set's. */
export function recordOf(issuer, set, { body = JSON.stringify(set), ...more } = {}) {
  const sha256 = createHash('sha256').update(JSON.stringify(set)).digest('hex')
  const names = Array.isArray(issuer) ? issuer : [issuer]
  return `${JSON.stringify({ v: 2, issuer: names, fetched_at: NOW, max_age: null, sha256, ...more })}\n${body}`
}

export function snapshotOf(...record) {
  return { version: 2, records: [recordOf(...record)] }
}
