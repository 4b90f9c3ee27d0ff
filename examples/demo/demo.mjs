// One token, two languages: a real provider, two apps, every case of the list, one table.
// `node demo.mjs [--serve]`; AUTHN_PYTHON names the Python that has the FastAPI app's packages.
import { constants } from 'node:os';

import { CLIENTS } from './accounts.mjs';
import { killApps, startApp, stopApps } from './apps.mjs';
import { issueTokens } from './cases.mjs';
import { ENVIRONMENT, writeContract } from './contract.mjs';
import { startProvider } from './provider.mjs';
import { progress, showAddresses, showProofs, showTable, showVerdict } from './report.mjs';

const NAMES = Object.keys(CLIENTS);

process.exit(await main(process.argv.slice(2)));

/** Returns the exit status: 0, 1 for a fault, 2 for a wrong call, 128 + n for a signal. */
async function main(words) {
  if (words.some((word) => word !== '--serve')) {
    console.error('usage: node demo.mjs [--serve]');
    return 2;
  }
  // Whatever happens, no process of ours stays behind.
  process.once('exit', killApps);
  const signalled = firstSignal();
  const world = { apps: {} };
  try {
    const status = await Promise.race([run(world), signalled]);
    if (words.length === 0 || world.provider === undefined || status > 1) return status;
    showAddresses(world);
    // Being told to stop is how serving ends well.
    await Promise.race([oneEnds(world.apps), signalled]);
    return status;
  } catch (error) {
    console.error(`demo: ${error.message}${error.cause ? ` (${error.cause.message})` : ''}`);
    return 1;
  } finally {
    progress('stopping what was started');
    await stopApps();
  }
}

/** The whole run in `world`: the provider, the tokens, two pairs of apps. Returns the exit status. */
async function run(world) {
  progress('starting the OpenID provider');
  world.provider = await startProvider();
  progress(`the provider is ${world.provider.origin}; people sign in, machines show their secret`);
  world.tokens = await issueTokens(world.provider);
  progress('starting FuzeFront (Express) and FuzeKeys (FastAPI), each as an app of one contract');
  world.byContract = { AUTHN_CONTRACT: writeContract(world.provider.contract), AUTHN_ENVIRONMENT: ENVIRONMENT };
  world.apps.own = await startPair(world.byContract);
  // The second pair has no contract, and one policy for both: FuzeFront's issuer and audience.
  world.byOptions = { OIDC_AUDIENCE: CLIENTS.fuzefront.id, OIDC_ISSUER: world.provider.issuers.fuzefront };
  world.startShared = async () => {
    world.apps.shared = await startPair(world.byOptions);
  };
  progress('asking both; a key rotated within two seconds of a fetch is taken in after them');
  const faults = [...(await showTable(world)), ...(await showProofs(world.apps, world.provider.contract))];
  showVerdict(faults);
  return faults.length ? 1 : 0;
}

async function startPair(settings) {
  const apps = await Promise.all(NAMES.map((name) => startApp(name, settings)));
  return Object.fromEntries(apps.map((app) => [app.name, app]));
}

/** Serving goes on until an app ends, which is a fault. */
function oneEnds(pairs) {
  return new Promise((_resolve, reject) => {
    for (const { child, name } of Object.values(pairs).flatMap(Object.values)) {
      child.once('exit', () => reject(new Error(`${name} ended by itself\n${child.said}`)));
    }
  });
}

/** Resolves to the exit status of the first signal, which ends the run in good order. */
function firstSignal() {
  return new Promise((resolve) => {
    let seen = false;
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
      process.on(signal, () => {
        const status = 128 + constants.signals[signal];
        if (seen) process.exit(status);
        seen = true;
        resolve(status);
      });
    }
  });
}
