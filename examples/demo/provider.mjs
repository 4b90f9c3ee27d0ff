// A real OpenID provider (oidc-provider, certified) on loopback, which issues RS256 JWT access tokens
// to two clients. It can be stopped, started again, and have its signing key rotated.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { CLIENTS, personOf, SCOPES } from './accounts.mjs';
import { interact } from './interaction.mjs';
import { newKey } from './key.mjs';
import { errors, Provider } from './runtime.mjs';
import { memoryStore } from './store.mjs';

const HOUR = 3600;

/** A provider that listens. `issuer` is its URL, `key` the signing key in force. */
export async function startProvider() {
  const provider = new DemoProvider();
  await provider.start();
  return provider;
}

class DemoProvider {
  #handle;
  #port = 0;
  #server;
  #store = memoryStore();
  #cookieKey = randomBytes(32).toString('base64url');

  /** Listens, on the port of before if there was one. */
  async start() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
    this.issuer = `http://127.0.0.1:${this.#port}`;
    if (!this.key) this.rotate();
  }

  /** Goes down: open connections are cut, new ones refused. */
  async stop() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** A new signing key in place of the old one, which leaves the key set at once. Returns the old. */
  rotate() {
    const old = this.key;
    this.key = newKey();
    this.oidc = new Provider(this.issuer, configuration(this.key, this.#store, this.#cookieKey));
    this.#handle = this.oidc.callback();
    return old;
  }

  #answer(request, response) {
    if (request.url.startsWith('/interaction/')) interact(this.oidc, request, response);
    else this.#handle(request, response);
  }
}

function configuration(key, adapter, cookieKey) {
  return {
    adapter,
    jwks: { keys: [key.jwk] },
    cookies: { keys: [cookieKey] },
    clients: Object.values(CLIENTS).map((client) => ({
      client_id: client.id,
      client_secret: client.secret,
      grant_types: ['authorization_code', 'client_credentials'],
      response_types: ['code'],
      redirect_uris: [client.redirectUri],
      token_endpoint_auth_method: 'client_secret_basic',
    })),
    pkce: { required: () => true },
    scopes: ['openid', ...SCOPES.split(' ')],
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => personOf(sub) && { accountId: sub, claims: () => ({ sub }) },
    extraTokenClaims,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource, client) => resourceServer(resource, client),
        useGrantedResource: () => true,
      },
    },
    ttl: {
      AccessToken: HOUR,
      ClientCredentials: HOUR,
      Grant: HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: HOUR,
    },
  };
}

/** What the apps need to know of a person. A machine's token carries none of it. */
function extraTokenClaims(_ctx, token) {
  if (!token.accountId) return undefined;
  const { email, roles, tenantId } = personOf(token.accountId);
  return { email, roles, tenantId };
}

/** Each client may ask for its own app only; the access token is a JWT (RFC 9068). */
function resourceServer(resource, client) {
  if (!Object.values(CLIENTS).some((c) => c.id === client.clientId && c.resource === resource)) {
    throw new errors.InvalidTarget('a client may ask for its own app only');
  }
  return {
    accessTokenFormat: 'jwt',
    audience: client.clientId,
    jwt: { sign: { alg: 'RS256' } },
    scope: SCOPES,
  };
}
