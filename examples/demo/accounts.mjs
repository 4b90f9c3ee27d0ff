// The provider's users and clients. Subjects are UUIDs: an e-mail address as subject can be given to
// somebody else one day.
import { randomBytes } from 'node:crypto';

const PEOPLE = {
  ada: {
    sub: '6f1c2d1e-6a3b-4f0e-9a57-0d2c5b7e8a11',
    email: 'ada@fuze.example',
    tenantId: 'acme',
    roles: ['member'],
  },
  grace: {
    sub: 'b0b7c9f4-2d58-4c1c-8e0a-7f9f6a3d4c22',
    email: 'grace@fuze.example',
    tenantId: 'acme',
    roles: ['admin', 'member'],
  },
};

/** The one password of everybody in this demo, new in each run. */
export const PASSWORD = randomBytes(12).toString('base64url');

/** The subject of a login, or undefined where name or password is wrong. */
export function signIn(name, password) {
  return password === PASSWORD && Object.hasOwn(PEOPLE, name) ? PEOPLE[name].sub : undefined;
}

/** Who a subject is, or undefined. */
export function personOf(sub) {
  return Object.values(PEOPLE).find((person) => person.sub === sub);
}

/** The registered clients, one per app. The audience of an app's tokens is its own client id. */
export const CLIENTS = Object.fromEntries(
  ['fuzefront', 'fuzekeys'].map((app) => [
    app,
    {
      id: `${app}-oidc-client`,
      secret: randomBytes(24).toString('base64url'),
      redirectUri: `http://127.0.0.1/${app}/callback`,
      // RFC 8707 §2: what a client asks a token for; an absolute URI, unlike the audience.
      resource: `urn:fuze:${app}`,
    },
  ]),
);

/** What may be asked of an app. */
export const SCOPES = 'read write';
