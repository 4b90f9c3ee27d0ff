// FuzeFront in small: an Express app whose API accepts access tokens of one OpenID provider.
// Settings: AUTHN_ENVIRONMENT and, for another contract than the family's, AUTHN_CONTRACT (a file); or, without a
// contract, OIDC_ISSUER and OIDC_AUDIENCE (one, or several with spaces between). PORT (0: any free one).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { AuthError, createVerifier, familyContract } from '@fuzefront/authn';
import { requireAuth, requireRoles, requireScopes } from '@fuzefront/authn/express';
import express from 'express';

// A setting that is missing or wrong ends the process here, before anybody is let in.
const verifier = process.env.AUTHN_ENVIRONMENT ? byContract() : byOptions();

const app = express();
app.disable('x-powered-by');

app.get('/health', (_request, response) => {
  response.json({ status: 'ok' });
});

/** Which verifier this process runs: module, contract, fingerprint of the policy. */
app.get('/about', (_request, response) => {
  response.json({
    app: 'fuzefront',
    contract: verifier.contract ?? null,
    module: verifier.digest,
    policy: verifier.fingerprint,
    runtime: `node ${process.versions.node}`,
    version: createRequire(import.meta.url)('@fuzefront/authn/package.json').version,
  });
});

// Everything under /api needs a token; one line, in front of the routes.
const api = express.Router();
api.use(requireAuth({ verifier }));

api.get('/v1/security/session', (request, response) => {
  response.json({ identity: request.identity });
});

api.get('/v1/apps', requireScopes('read'), (_request, response) => {
  response.json({ apps: ['fuzefront', 'fuzekeys'] });
});

api.get('/v1/admin/settings', requireRoles('admin'), (_request, response) => {
  response.json({ settings: {} });
});

app.use('/api', api);

// Keys are fetched before the first request needs them. An issuer that is down is no reason to stay
// down with it: until its keys are there, requests are answered 503 with Retry-After.
await verifier.ready().catch((error) => {
  if (!(error instanceof AuthError)) throw error;
  console.warn(`fuzefront: starting without keys (${error.code})`);
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`fuzefront listens on http://127.0.0.1:${server.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    verifier.close();
  });
}

/** What FuzeFront accepts stands in the contract: issuer, audience, who may call. */
function byContract() {
  const file = process.env.AUTHN_CONTRACT;
  const contract = file ? JSON.parse(readFileSync(file, 'utf8')) : familyContract();
  return createVerifier({ contract, app: 'fuzefront', environment: setting('AUTHN_ENVIRONMENT') });
}

/** The same without a contract: whatever is not said here is not demanded of a token. */
function byOptions() {
  return createVerifier({
    issuer: setting('OIDC_ISSUER'),
    audience: setting('OIDC_AUDIENCE').split(' '),
  });
}

function setting(name) {
  const value = process.env[name]?.trim();
  if (!value) throw new Error(`the setting \`${name}\` is missing`);
  return value;
}
