// What a run shows: the table, the module and the policies, the addresses. Each part that can be
// wrong returns its faults as sentences.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import { CLIENTS } from './accounts.mjs';
import { aboutApp, APPS, refusedStart } from './apps.mjs';
import { CASES } from './cases.mjs';
import { ENVIRONMENT } from './contract.mjs';
import { judge, words } from './judge.mjs';
import { head, line, painter } from './table.mjs';

const MODULE = new URL('../../pkg/authn.wasm', import.meta.url);
const NAMES = Object.keys(CLIENTS);
const paint = painter(process.stdout);

/** What can be wrong in the settings of an app, and the word that its refusal must contain. */
const BAD_SETTINGS = [
  { name: 'options without an audience', of: 'byOptions', change: { OIDC_AUDIENCE: '' }, word: 'OIDC_AUDIENCE' },
  { name: 'options with a broken issuer', of: 'byOptions', change: { OIDC_ISSUER: 'id.example' }, word: 'PolicyError' },
  {
    name: 'contract without the environment',
    of: 'byContract',
    change: { AUTHN_ENVIRONMENT: 'staging' },
    word: 'ContractError',
  },
];

/** One line to the reader. */
export function say(text = '') {
  console.log(text);
}

/** One line about what is going on. */
export function progress(text) {
  say(paint('dim', `demo: ${text}`));
}

/** Runs every case, and prints each as a line of the table. Returns the faults. */
export async function showTable(world) {
  const faults = [];
  const show = (name, cells, judged) => {
    const differing = judged.faults.length ? 'NOT' : 'rule';
    const last = judged.same ? (judged.faults.length ? 'wrong' : 'same') : differing;
    say(line([name, ...cells, last], judged.faults.length === 0, paint));
    faults.push(...judged.faults);
  };
  say(`\n${head(['case', ...NAMES.map((name) => APPS[name].title), 'same'], paint)}`);
  for (const row of CASES) {
    const judged = await judge(row, world);
    show(row.name, judged.outcomes.map(words), judged);
  }
  const starts = await Promise.all(BAD_SETTINGS.map((bad) => judgeStart(bad, world[bad.of])));
  for (const [i, judged] of starts.entries()) show(BAD_SETTINGS[i].name, judged.cells, judged);
  say(paint('dim', 'same: status, code, message, challenge, and whatever identity came out of it'));
  say(paint('dim', 'rule: the contract has another rule for the two apps, and each did as it says'));
  return faults;
}

async function judgeStart({ change, name, word }, settings) {
  const outcomes = await Promise.all(
    NAMES.map((app) => refusedStart(app, { ...settings, ...change })),
  );
  const faults = outcomes.flatMap(({ said, status }, i) =>
    status === 1 && said.includes(word) ? [] : [`${name}: ${NAMES[i]} gave ${status} and said\n${said}`],
  );
  const cells = outcomes.map(({ status }) => (status === 1 ? 'exit 1, will not start' : `${status}`));
  return { cells, faults, same: cells[0] === cells[1] };
}

/** The module, the policies and the contract, as each process reports them. Returns the faults. */
export async function showProofs({ own, shared }, contract) {
  const committed = createHash('sha256').update(readFileSync(MODULE)).digest('hex');
  const about = await Promise.all([...Object.values(own), ...Object.values(shared)].map(aboutApp));
  const [front, keys, frontShared, keysShared] = about;
  say(`\n${paint('strong', 'SHA-256 of the module')}`);
  proof('pkg/authn.wasm', committed);
  for (const it of [front, keys]) proof(`${APPS[it.app].title}, ${it.runtime}`, it.module);
  say(`\n${paint('strong', 'fingerprint of the policy')}`);
  for (const it of [front, keys]) proof(`${APPS[it.app].title}, contract`, it.policy);
  for (const it of [frontShared, keysShared]) proof(`${APPS[it.app].title}, options`, it.policy);
  say(`\n${paint('strong', 'contract')}`);
  for (const it of about) proof(APPS[it.app].title, contractWords(it.contract));
  const faults = [];
  if (about.some(({ module }) => module !== committed)) faults.push('the module is not the same everywhere');
  if (frontShared.policy !== keysShared.policy) faults.push('one policy has two fingerprints');
  if (new Set(about.map(({ policy }) => policy)).size !== 3) faults.push('two policies share a fingerprint');
  for (const it of [front, keys]) faults.push(...contractFaults(it, contract));
  if (frontShared.contract || keysShared.contract) faults.push('there is a contract where none was given');
  return faults;
}

function contractWords(contract) {
  if (!contract) return 'none: issuer and audience by options';
  const { app, environment, name, version } = contract;
  return `${name} ${version}, app ${app}, environment ${environment}`;
}

/** Each process must name the contract that was written, and itself. */
function contractFaults({ app, contract }, { name, version }) {
  const expected = { name, version, app, environment: ENVIRONMENT };
  // What is absent is left out in one language and null in the other; a warning that is there is a fault.
  const told = contract && Object.fromEntries(Object.entries(contract).filter(([, value]) => value !== null));
  if (isDeepStrictEqual(told, expected)) return [];
  return [`${app} reports ${contractWords(contract)}, expected ${contractWords(expected)}`];
}

function proof(label, digest) {
  say(`  ${label.padEnd(32)}${digest}`);
}

/** The last word on a run. */
export function showVerdict(faults) {
  say();
  for (const fault of faults) say(paint('bad', `✗ ${fault}`));
  const cases = CASES.length + BAD_SETTINGS.length;
  if (faults.length) say(paint('bad', `${cases} cases: ${faults.length} faults`));
  else say(paint('good', `${cases} cases: no difference between the apps but where the contract says so, each as expected`));
}

/** Where everything listens, and a call of each app to try. */
export function showAddresses({ apps, provider, tokens }) {
  say(`\n${paint('strong', 'still running')}`);
  address('provider', `${provider.issuers.fuzefront}.well-known/openid-configuration`);
  for (const { name, url } of Object.values(apps.own)) address(`${APPS[name].title}, contract`, `${url}/about`);
  for (const { name, url } of Object.values(apps.shared)) address(`${APPS[name].title}, options`, `${url}/about`);
  for (const { name, url } of Object.values(apps.own)) {
    say(`\n${APPS[name].title}, with a token of ada that is good for an hour:\n`);
    say(`curl -i -H 'Authorization: Bearer ${tokens[name].user}' ${url}${APPS[name].paths.session}`);
  }
  say('\nCtrl-C stops everything.');
}

function address(label, url) {
  say(`  ${label.padEnd(32)}${url}`);
}
