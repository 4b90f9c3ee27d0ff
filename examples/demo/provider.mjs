// A real OpenID provider (oidc-provider, certified) on loopback, which issues RS256 JWT access tokens. Each client has an
// issuer of its own, at the path that the contract gives it, as the family's real provider has it. It can be stopped,
// started again, and have its signing key rotated.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { CLIENTS, personOf, SCOPES } from './accounts.mjs';
import { demoContract, issuerPath } from './contract.mjs';
import { interact } from './interaction.mjs';
import { newKey } from './key.mjs';
import { errors, Provider } from './runtime.mjs';
import { memoryStore } from './store.mjs';

const HOUR = 3600;

/** A provider that listens. `contract` is the family's with this provider in it, `issuers` has the issuer of each app,
 *  `key` the signing key in force. */
export async function startProvider() {
  const provider = new DemoProvider();
  await provider.start();
  return provider;
}

class DemoProvider {
  #mounted = new Map();
  #port = 0;
  #server;
  #cookieKey = randomBytes(32).toString('base64url');

  /** Listens, on the port of before if there was one. */
  async start() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
    this.origin = `http://127.0.0.1:${this.#port}`;
    this.contract = demoContract(this.origin);
    this.issuers = Object.fromEntries(
      Object.keys(CLIENTS).map((app) => [app, this.origin + issuerPath(this.contract, app)]),
    );
    if (!this.key) this.rotate();
  }

  /** Goes down: open connections are cut, new ones refused. */
  async stop() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** A new signing key in place of the old one, which leaves the key sets at once. */
  rotate() {
    this.key = newKey();
    for (const [app, client] of Object.entries(CLIENTS)) {
      const path = issuerPath(this.contract, app);
      const settings = configuration(this.key, memoryStore(), this.#cookieKey, client, path);
      const oidc = new Provider(this.issuers[app], settings);
      this.#mounted.set(path, { handle: oidc.callback(), oidc });
    }
  }

  #answer(request, response) {
    const path = [...this.#mounted.keys()].find((prefix) => request.url.startsWith(prefix));
    if (path === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { handle, oidc } = this.#mounted.get(path);
    // What is mounted sees its own paths only, and finds the whole one where Express leaves it, too.
    request.originalUrl = request.url;
    request.url = request.url.slice(path.length - 1);
    if (request.url.startsWith('/interaction/')) interact(oidc, request, response);
    else handle(request, response);
  }
}

function configuration(key, adapter, cookieKey, client, path) {
  return {
    adapter,
    jwks: { keys: [key.jwk] },
    cookies: { keys: [cookieKey] },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['authorization_code', 'client_credentials'],
        response_types: ['code'],
        redirect_uris: [client.redirectUri],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    pkce: { required: () => true },
    scopes: ['openid', ...SCOPES.split(' ')],
    interactions: { url: (_ctx, interaction) => `${path}interaction/${interaction.uid}` },
    // As `jwks_path` of the contract ends.
    routes: { jwks: '/jwks/' },
    findAccount: (_ctx, sub) => personOf(sub) && { accountId: sub, claims: () => ({ sub }) },
    extraTokenClaims,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => resourceServer(resource, client),
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
  if (resource !== client.resource) throw new errors.InvalidTarget('a client may ask for its own app only');
  return {
    accessTokenFormat: 'jwt',
    audience: client.id,
    jwt: { sign: { alg: 'RS256' } },
    scope: SCOPES,
  };
}
