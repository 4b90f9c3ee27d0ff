// The two example apps as processes of their own, each on a free port, and how to call them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const EXAMPLES = fileURLToPath(new URL('..', import.meta.url));
const PYTHON = process.env.AUTHN_PYTHON || 'python3';
const START_SECONDS = 30;
const STOP_SECONDS = 5;
// What FuzeFront and uvicorn say; other lines may hold other addresses.
const LISTENS = / (?:listens|running) on http:\/\/127\.0\.0\.1:(\d+)/;

/** What differs between the apps: how they are started, and where their endpoints are. */
export const APPS = {
  fuzefront: {
    title: 'FuzeFront',
    command: [process.execPath, 'server.mjs'],
    paths: { session: '/api/v1/security/session', read: '/api/v1/apps', admin: '/api/v1/admin/settings' },
  },
  fuzekeys: {
    title: 'FuzeKeys',
    command: [PYTHON, '-m', 'uvicorn', 'app:app', '--port', '0', '--no-access-log'],
    paths: { session: '/auth/me', read: '/identities', admin: '/admin/settings' },
  },
};

const running = new Set();

/** Starts an app with `settings`; resolves once it listens, rejects with its last words. */
export async function startApp(name, settings) {
  const child = launch(name, settings);
  const ended = once(child, 'close').then(() => {
    throw new Error(`${name} ended at its start\n${child.said}${remedy(child.said)}`);
  });
  const listens = heard(child, LISTENS).then(([, port]) => ({ child, name, url: `http://127.0.0.1:${port}` }));
  // Whichever comes second is nobody's business any more.
  ended.catch(() => {});
  return Promise.race([listens, ended, tooLate(child, `${name} does not listen after ${START_SECONDS} s`)]);
}

/** Starts an app that is expected to refuse; resolves to its exit status and what it said. */
export async function refusedStart(name, settings) {
  const child = launch(name, settings);
  const ended = once(child, 'close').then(([status]) => ({ said: child.said, status }));
  const listens = heard(child, LISTENS).then(() => ({ said: child.said, status: 'it listens' }));
  const outcome = await Promise.race([ended, listens, tooLate(child, `${name} neither refuses nor listens`)]);
  await stopChild(child);
  return outcome;
}

/** One call of an app; a token is sent as RFC 6750 §2.1 says, none where it is null. */
export async function callApp({ child, name, url }, endpoint, token) {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const path = APPS[name].paths[endpoint];
  const response = await fetch(url + path, { headers, redirect: 'manual' }).catch((cause) => {
    throw new Error(`${name} does not answer\n${child.said}`, { cause });
  });
  const text = await response.text();
  return {
    body: parsed(text),
    challenge: response.headers.get('www-authenticate'),
    retryAfter: response.headers.get('retry-after'),
    status: response.status,
  };
}

/** What the process says of itself: module, policy, versions. */
export async function aboutApp({ url }) {
  const response = await fetch(`${url}/about`);
  if (!response.ok) throw new Error(`${url}/about answered ${response.status}`);
  return response.json();
}

/** Stops every process that was started here, and waits for them to be gone. */
export async function stopApps() {
  await Promise.all([...running].map(stopChild));
}

/** The same at once, for the last moment of this process. */
export function killApps() {
  for (const child of running) child.kill('SIGKILL');
}

function launch(name, settings) {
  const [command, ...words] = APPS[name].command;
  const child = spawn(command, words, {
    cwd: EXAMPLES + name,
    env: environment({ PORT: '0', ...settings }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      child.said = (child.said + text).slice(-4096);
      child.emit('said');
    });
  }
  running.add(child);
  // An app that cannot even be spawned has no `exit`.
  child.once('error', (error) => {
    child.said += error.message;
    child.emit('exit', 'not started');
    child.emit('close', 'not started');
  });
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ours, without what would send calls on loopback through a proxy, or settings of other apps. */
function environment(settings) {
  const { AUTHN_CONTRACT, AUTHN_ENVIRONMENT, OIDC_AUDIENCE, OIDC_ISSUER, ...ours } = process.env;
  return { ...ours, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1', PYTHONUNBUFFERED: '1', ...settings };
}

/** `cargo xtask demo` installs everything first; by hand something may be missing. */
function remedy(said) {
  if (/ENOENT|No module named/.test(said)) return '\nAUTHN_PYTHON must name a Python that has what the app needs';
  return said.includes('ERR_MODULE_NOT_FOUND') ? '\nrun `npm ci` in the folder of the app' : '';
}

function heard(child, pattern) {
  return new Promise((resolve) => {
    child.on('said', () => {
      const found = pattern.exec(child.said);
      if (found) resolve(found);
    });
  });
}

function tooLate(child, message) {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${message}\n${child.said}`)), START_SECONDS * 1000);
    timer.unref();
  });
}

async function stopChild(child) {
  if (!running.has(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
  await gone;
  clearTimeout(timer);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
