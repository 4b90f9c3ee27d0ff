// The provider's login and consent pages: plain HTML forms, as a person would meet them.
import { signIn } from './accounts.mjs';

const BODY_LIMIT = 4096;

/** GET shows the form of the step that is due, POST takes it. */
export async function interact(oidc, request, response) {
  try {
    const details = await oidc.interactionDetails(request, response);
    if (request.method !== 'POST') return page(response, 200, formOf(details));
    const result = await resultOf(oidc, details, new URLSearchParams(await bodyOf(request)));
    if (!result) return page(response, 403, 'wrong name or password');
    return await oidc.interactionFinished(request, response, result);
  } catch (error) {
    return page(response, 400, `this step is not open: ${error.name}`);
  }
}

async function resultOf(oidc, details, fields) {
  if (details.prompt.name === 'login') {
    const accountId = signIn(fields.get('name'), fields.get('password'));
    return accountId && { login: { accountId } };
  }
  return { consent: { grantId: await granted(oidc, details) } };
}

/** Grants exactly what the prompt says is missing; returns the id of the grant. */
async function granted(oidc, { grantId, params, prompt, session }) {
  const grant = grantId
    ? await oidc.Grant.find(grantId)
    : new oidc.Grant({ accountId: session.accountId, clientId: params.client_id });
  const { missingOIDCScope, missingResourceScopes } = prompt.details;
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  return grant.save();
}

function formOf({ prompt, uid }) {
  // The address of the form ends with the same number, whatever the provider's path is.
  const fields =
    prompt.name === 'login'
      ? '<input name="name" required><input name="password" type="password" required>'
      : '<input name="consent" type="hidden" value="yes">';
  return `<form method="post" action="${uid}">${fields}<button>${prompt.name}</button></form>`;
}

async function bodyOf(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > BODY_LIMIT) throw new RangeError('form too large');
  }
  return body;
}

function page(response, status, body) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><title>sign in</title>${body}`);
}
