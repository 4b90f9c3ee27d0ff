// Keys and tokens for the tests, minted with node:crypto. Time stands still at NOW.

import { createHmac, generateKeyPairSync, sign } from 'node:crypto'

export const NOW = 1_700_000_000
export const ISSUER = 'https://id.example/'
export const AUDIENCE = 'fuzekeys-oidc-client'
export const clock = () => NOW

/** A signing key with its public JWK. `alg` is RS256, ES256 or EdDSA. */
export function makeKey(kid, alg = 'ES256') {
  const { publicKey, privateKey } = KINDS[alg]()
  return { kid, alg, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } }
}

export function jwks(...keys) {
  return { keys: keys.map(({ jwk }) => jwk) }
}

/** Good claims at NOW. */
export function claims(more = {}) {
  return { iss: ISSUER, aud: AUDIENCE, sub: 'user-1', iat: NOW - 10, exp: NOW + 600, ...more }
}

/** A signed token. */
export function mint(key, payload = claims(), header = {}) {
  const input = `${encode({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })}.${encode(payload)}`
  const hash = key.alg === 'EdDSA' ? null : 'sha256'
  const signature = sign(hash, Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

/** A token as FuzeFront's own login makes them: HS256, no issuer, no audience. */
export function mintLegacy(secret, payload) {
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

const KINDS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
