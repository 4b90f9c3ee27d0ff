// A verifier of an issuer on loopback, with a clock that is moved by hand.

import assert from 'node:assert/strict'
import { createVerifier } from '../../build/index.js'
import { startIssuer } from './issuer.mjs'
import { AUDIENCE, NOW, claims, jwks, makeKey, mint } from './tokens.mjs'

export const JWKS = '/jwks/'
export const DISCOVERY = '/.well-known/openid-configuration'

/** `serve` goes to the issuer. `make` makes verifiers; `tokenOf` mints tokens that outlive every test. */
export async function setUp(t, { viaDiscovery = false, ...serve } = {}) {
  const key = makeKey('k1')
  const issuer = await startIssuer(t, { keys: jwks(key), ...serve })
  const time = { now: NOW }
  const entry = { issuer: issuer.url, audience: AUDIENCE, ...(viaDiscovery ? {} : { jwksUri: issuer.jwksUri }) }
  const make = (more = {}) => {
    const verifier = createVerifier({ ...('issuers' in more ? {} : entry), clock: () => time.now, ...more })
    t.after(() => verifier.close())
    return verifier
  }
  const tokenOf = (by = key, more = {}, header = {}) =>
    mint(by, claims({ iss: issuer.url, exp: NOW + 90_000, ...more }), header)
  return { key, issuer, time, entry, make, tokenOf, token: tokenOf() }
}

/** Lets the event loop turn until it holds. */
export async function until(holds) {
  const deadline = performance.now() + 10_000
  while (!holds()) {
    assert.ok(performance.now() < deadline, 'waited in vain')
    await new Promise(setImmediate)
  }
}
