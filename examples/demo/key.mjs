// The provider's signing key, and what can be signed with it. The demo owns the key, so it can make
// tokens that an honest provider never issues.
import { createHmac, generateKeyPairSync, sign, createHash } from 'node:crypto';

/** A new RSA signing key: `kid`, the private JWK for the provider, the public key as PEM. */
export function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { e, kty, n } = publicKey.export({ format: 'jwk' });
  // RFC 7638: the thumbprint names the key wherever it turns up.
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  return {
    kid,
    jwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' },
    pem: publicKey.export({ type: 'spki', format: 'pem' }),
    privateKey,
  };
}

/** The claims of a token that the demo was given by its own provider; nothing is checked. */
export function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

/** The same token with `changes` to its claims, truly signed by `key` under `kid`. */
export function resigned(token, key, changes, kid = key.kid) {
  const input = signingInput({ alg: 'RS256', typ: 'at+jwt', kid }, { ...claimsOf(token), ...changes });
  return `${input}.${sign('sha256', Buffer.from(input), key.privateKey).toString('base64url')}`;
}

/** Other claims under the signature of the old ones. */
export function tampered(token, changes) {
  const [header, , signature] = token.split('.');
  return `${header}.${encoded({ ...claimsOf(token), ...changes })}.${signature}`;
}

/** RFC 7519 §6.1: an unsecured token, its signature empty. */
export function unsecured(token) {
  return `${signingInput({ alg: 'none', typ: 'at+jwt' }, claimsOf(token))}.`;
}

/** RFC 8725 §2.1: an HMAC whose secret is the RSA public key that everybody can read. */
export function confused(token, key) {
  const input = signingInput({ alg: 'HS256', typ: 'at+jwt', kid: key.kid }, claimsOf(token));
  return `${input}.${createHmac('sha256', key.pem).update(input).digest('base64url')}`;
}

function signingInput(header, claims) {
  return `${encoded(header)}.${encoded(claims)}`;
}

function encoded(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
