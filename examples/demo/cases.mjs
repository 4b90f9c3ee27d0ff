// What is sent to both apps and what must come back. The list is in the order of the table.
import { CLIENTS } from './accounts.mjs';
import { clientCredentials, codeFlow } from './flows.mjs';
import { confused, newKey, resigned, tampered, unsecured } from './key.mjs';

const HOUR = 3600;

/** @typedef {object} Case one row of the table
 *  @property {string} name what is sent, in words
 *  @property {(app: string, world: object) => string | null} token the token for an app, null for none
 *  @property {number} status the HTTP status that both apps must answer
 *  @property {string | null} code the code that both must give; null stands for "accepted"
 *  @property {'session' | 'read' | 'admin'} [endpoint] what is called, `session` unless told
 *  @property {(world: object) => Promise<void>} [before] what happens first
 *  @property {'own' | 'shared'} [pair] which pair of processes is called, `own` unless told
 *  @property {Record<string, { status: number, code: string }>} [rule] what an app answers instead, because its entry in
 *    the contract says so
 *  @property {string} [passing] the code of a refusal that may come first, and must pass
 */

/** @type {Case[]} */
export const CASES = [
  refused('no token', 'NO_TOKEN', () => null),
  accepted('right token, code flow', user),
  // `kinds` of FuzeKeys in the contract: people only.
  accepted('right token, of a machine', machine, { rule: { fuzekeys: { status: 401, code: 'WRONG_TOKEN_TYPE' } } }),
  refused("the other app's token", 'INVALID_ISSUER', (app, world) => user(otherThan(app), world)),
  refused('right issuer, other audience', 'INVALID_AUDIENCE', changed((_now, app) => ({ aud: otherClient(app) }))),
  // `authorized_parties` of both.
  refused('issued to another client', 'INVALID_CLAIM', changed((_now, app) => ({ client_id: otherClient(app) }))),
  refused('expired', 'EXPIRED', changed((now) => ({ iat: now - 2 * HOUR, exp: now - HOUR }))),
  refused('not yet valid', 'NOT_ACTIVE', changed((now) => ({ nbf: now + HOUR }))),
  refused('wrong issuer', 'INVALID_ISSUER', changed(() => ({ iss: 'http://127.0.0.1/another' }))),
  refused('issuer without its slash', 'INVALID_ISSUER', withoutSlash),
  refused('tampered payload', 'INVALID_SIGNATURE', forged(tampered, { roles: ['admin'] })),
  refused('alg: none', 'ALGORITHM_NOT_ALLOWED', forged(unsecured)),
  refused('HS256 with the RSA public key', 'ALGORITHM_NOT_ALLOWED', confusing),
  refused("a stranger's key under our kid", 'INVALID_SIGNATURE', strangers((world) => world.provider.key.kid)),
  refused('an unknown key', 'UNKNOWN_KEY', strangers(() => undefined)),
  refused('scope `read` missing', 'INSUFFICIENT_SCOPE', withoutScope, { status: 403, endpoint: 'read' }),
  accepted('scope `read` there', user, { endpoint: 'read' }),
  refused('role `admin` missing', 'FORBIDDEN', user, { status: 403, endpoint: 'admin' }),
  accepted('role `admin` there', admin, { endpoint: 'admin' }),
  accepted('provider down, keys loaded', user, { before: (world) => world.provider.stop() }),
  refused('provider down, no keys loaded', 'JWKS_UNAVAILABLE', sameForBoth, {
    before: (world) => world.startShared(),
    pair: 'shared',
    status: 503,
  }),
  accepted('provider up again, one token for both', sameForBoth, {
    before: (world) => world.provider.start(),
    pair: 'shared',
    passing: 'JWKS_UNAVAILABLE',
  }),
  accepted("a machine's token, one for both", (_app, world) => world.tokens.fuzefront.machine, { pair: 'shared' }),
  // A set fetched within the last two seconds proves a key unknown, so acceptance may take that long.
  accepted('signing key rotated, a new token', user, { before: rotate, passing: 'UNKNOWN_KEY' }),
  refused('a token of the withdrawn key', 'UNKNOWN_KEY', (app, world) => world.withdrawn[app]),
];

/** The honest tokens that the cases are made from, for each app. */
export async function issueTokens({ issuers }) {
  const tokens = {};
  for (const [app, client] of Object.entries(CLIENTS)) {
    const issuer = issuers[app];
    tokens[app] = {
      user: await codeFlow(issuer, client, 'ada', 'openid read'),
      withoutScope: await codeFlow(issuer, client, 'ada', 'openid'),
      admin: await codeFlow(issuer, client, 'grace', 'openid read'),
      machine: await clientCredentials(issuer, client, 'read'),
    };
  }
  return tokens;
}

function accepted(name, token, more) {
  return { name, token, status: 200, code: null, ...more };
}

function refused(name, code, token, more) {
  return { name, token, status: 401, code, ...more };
}

function user(app, world) {
  return world.tokens[app].user;
}

function admin(app, world) {
  return world.tokens[app].admin;
}

function machine(app, world) {
  return world.tokens[app].machine;
}

function withoutScope(app, world) {
  return world.tokens[app].withoutScope;
}

/** The pair without a contract has one policy, so one token is sent to both. */
function sameForBoth(_app, world) {
  return world.tokens.fuzefront.user;
}

function otherThan(app) {
  return Object.keys(CLIENTS).find((name) => name !== app);
}

/** The right token with other times or another issuer, truly signed by the provider's key. */
function changed(changes) {
  const now = Math.floor(Date.now() / 1000);
  return (app, world) => resigned(user(app, world), world.provider.key, changes(now, app));
}

function otherClient(app) {
  return CLIENTS[otherThan(app)].id;
}

/** RFC 8414 §3.3: issuers are compared byte for byte. */
function withoutSlash(app, world) {
  return resigned(user(app, world), world.provider.key, { iss: world.provider.issuers[app].slice(0, -1) });
}

/** The right token, made into another without any key. */
function forged(forge, ...more) {
  return (app, world) => forge(user(app, world), ...more);
}

function confusing(app, world) {
  return confused(user(app, world), world.provider.key);
}

/** The right claims, signed by a key that the provider never had. */
function strangers(kid) {
  const stranger = newKey();
  return (app, world) => resigned(user(app, world), stranger, {}, kid(world));
}

async function rotate(world) {
  world.withdrawn = Object.fromEntries(Object.keys(CLIENTS).map((app) => [app, user(app, world)]));
  world.provider.rotate();
  world.tokens = await issueTokens(world.provider);
}
