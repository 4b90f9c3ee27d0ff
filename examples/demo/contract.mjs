// The family's contract with one more environment: where this run's provider listens. Everything else (audiences,
// kinds, authorized parties, claims) stands in the family's document already.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CLIENTS } from './accounts.mjs';

const FAMILY = new URL('../../docs/contract/fuzefront.v1.json', import.meta.url);

/** The name of the environment. */
export const ENVIRONMENT = 'demo';

/** The document, for a provider at `origin`. */
export function demoContract(origin) {
  const family = JSON.parse(readFileSync(FAMILY, 'utf8'));
  const here = {
    hosts: { platform: { issuer: [origin] } },
    // Clause 1.6: here each app has a client whose tokens are signed with a published key.
    status: Object.fromEntries(Object.keys(CLIENTS).map((app) => [app, 'active'])),
  };
  const environments = { ...family.environments, [ENVIRONMENT]: here };
  return { ...family, name: `${family.name}-demo`, environments };
}

/** Writes a document to a file, which goes when this process does. Returns its path. */
export function writeContract(document) {
  const folder = mkdtempSync(join(tmpdir(), 'authn-demo-'));
  process.once('exit', () => rmSync(folder, { force: true, recursive: true }));
  const path = join(folder, 'contract.json');
  writeFileSync(path, JSON.stringify(document, null, 2));
  return path;
}

/** The path of an app's issuer, as the contract has it. */
export function issuerPath(document, app) {
  return document.issuers[document.apps[app].issuers[0]].path;
}
