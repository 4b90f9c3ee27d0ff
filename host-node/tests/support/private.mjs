// An issuer behind TLS whose certificate only a private authority vouches for.

import { readFileSync } from 'node:fs'
import { authorities } from '../../../tests/faults/certificate.mjs'
import { setUp } from './keyring.mjs'

/** As `setUp`, with `ca` (PEM) and `caFile` of the authority. The certificate is for 127.0.0.1 and id.example. */
export async function setUpPrivate(t, serve = {}) {
  const { known, trusted, remove } = authorities()
  t.after(remove)
  const issuer = await setUp(t, { viaDiscovery: true, tls: known, ...serve })
  return { ca: readFileSync(trusted, 'utf8'), caFile: trusted, ...issuer }
}
