// The two ways to a token: the authorization code flow with PKCE for a person, client credentials for
// a machine. Written as a client writes them, from the discovery document on.
import { createHash, randomBytes } from 'node:crypto';

import { signInAt } from './browser.mjs';

/** RFC 6749 §4.1 with RFC 7636 (PKCE) and RFC 8707 (resource): an access token for a person. */
export async function codeFlow(issuer, client, name, scope) {
  const endpoints = await discover(issuer);
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const authorize = new URL(endpoints.authorization_endpoint);
  authorize.search = new URLSearchParams({
    client_id: client.id,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    redirect_uri: client.redirectUri,
    resource: client.resource,
    response_type: 'code',
    scope,
    state,
  });
  const { searchParams: answer } = await signInAt(authorize.href, client.redirectUri, name);
  if (answer.get('error')) throw new Error(`the provider refused: ${answer.get('error')}`);
  if (answer.get('state') !== state) throw new Error('the answer belongs to another sign-in');
  // RFC 9207 §2.4: an answer of another issuer must not be redeemed here.
  if (answer.get('iss') !== issuer) throw new Error('the answer comes from another issuer');
  return redeem(endpoints, client, {
    code: answer.get('code'),
    code_verifier: verifier,
    grant_type: 'authorization_code',
    redirect_uri: client.redirectUri,
  });
}

/** RFC 6749 §4.4: an access token for the client itself. */
export async function clientCredentials(issuer, client, scope) {
  return redeem(await discover(issuer), client, {
    grant_type: 'client_credentials',
    resource: client.resource,
    scope,
  });
}

async function discover(issuer) {
  const response = await fetch(`${issuer}.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  return response.json();
}

async function redeem(endpoints, client, fields) {
  const credentials = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
  const response = await fetch(endpoints.token_endpoint, {
    body: new URLSearchParams(fields),
    headers: { authorization: `Basic ${credentials}` },
    method: 'POST',
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status} ${answer.error}`);
  return answer.access_token;
}
