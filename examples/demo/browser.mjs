// A scripted user agent: cookies, redirects and forms over real HTTP, and nothing of the provider's
// insides. It stops where the client takes over again, at the redirect URI.
import { PASSWORD } from './accounts.mjs';

const STEPS = 20;

/** Signs `name` in and consents; returns the URL that the provider sends the client back to. */
export async function signInAt(url, redirectUri, name) {
  const cookies = new Cookies();
  let request = { url, method: 'GET' };
  for (let step = 0; step < STEPS; step += 1) {
    const response = await send(request, cookies);
    const location = response.headers.get('location');
    if (location) {
      const next = new URL(location, request.url);
      if (next.href.startsWith(redirectUri)) return next;
      request = { url: next.href, method: 'GET' };
    } else {
      request = filledIn(await response.text(), response, request.url, name);
    }
  }
  throw new Error(`the sign-in did not end within ${STEPS} steps`);
}

async function send({ body, method, url }, cookies) {
  const headers = { cookie: cookies.for(url) };
  const response = await fetch(url, { body, headers, method, redirect: 'manual' });
  cookies.take(response, url);
  return response;
}

function filledIn(html, response, url, name) {
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
  if (response.status !== 200 || !action) {
    throw new Error(`the sign-in stopped at ${new URL(url).pathname} with status ${response.status}`);
  }
  const body = new URLSearchParams();
  const answers = { consent: 'yes', name, password: PASSWORD };
  for (const [, field] of html.matchAll(/<input name="([^"]+)"/g)) body.set(field, answers[field]);
  return { url: new URL(action, url).href, method: 'POST', body };
}

/** RFC 6265, as far as one host needs it: name, value, path, removal. */
class Cookies {
  #jar = new Map();

  take(response, url) {
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(/;\s*/);
      const [name, value] = split(pair);
      const words = Object.fromEntries(attributes.map(split).map(([k, v]) => [k.toLowerCase(), v]));
      const path = words.path ?? new URL(url).pathname;
      const gone = words.expires !== undefined && Date.parse(words.expires) <= Date.now();
      if (gone) this.#jar.delete(`${path} ${name}`);
      else this.#jar.set(`${path} ${name}`, { name, path, value });
    }
  }

  for(url) {
    const { pathname } = new URL(url);
    return [...this.#jar.values()]
      .filter(({ path }) => pathname === path || pathname.startsWith(path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}

function split(pair) {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
