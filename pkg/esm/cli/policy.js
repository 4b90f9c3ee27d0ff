// The policy that the options describe, as the text the module reads. Nothing is checked here that the module checks.
import { FAMILY_CONTRACT } from '../family.js';
import { once } from '../stateless.js';
import { readJson, readText, UsageError } from './io.js';
import { secondsOf, valueOf } from './options.js';
import { membersOf } from './raw.js';
import { refused } from './refusal.js';
const OWN = ['--issuer', '--audience', '--jwks-uri', '--keys', '--algorithms', '--leeway'];
const FROM_CONTRACT = ['--issuer', '--audience', '--algorithms'];
const WITH_CONTRACT = ['--app', '--environment'];
/** The policy. Throws UsageError if it is not given, or not whole. */
export async function policyOf(io, given) {
    const policy = await optionalPolicyOf(io, given);
    if (policy !== undefined)
        return policy;
    throw new UsageError('a policy is missing; give --issuer and --audience, --contract and --app, or --policy');
}
/** The policy, where options describe one. */
export async function optionalPolicyOf(io, given) {
    const file = valueOf(given, '--policy');
    const contract = valueOf(given, '--contract');
    if (file !== undefined) {
        refuseBeside(given, '--policy', [...OWN, '--contract', ...WITH_CONTRACT]);
        return { text: await readText(io, '--policy', file) };
    }
    if (contract !== undefined)
        return fromContract(io, given, contract);
    for (const option of WITH_CONTRACT)
        if (given.has(option))
            throw new UsageError(`${option} needs --contract`);
    if (!OWN.some((option) => given.has(option)))
        return undefined;
    for (const option of ['--issuer', '--audience'])
        if (!given.has(option))
            throw new UsageError(`${option} is missing; ${MISSING[option]}`);
    return { text: `{"issuers":[${objectOf(await entryOf(io, given))}]}` };
}
const MISSING = {
    '--issuer': 'give the `iss` of the tokens, as it stands there',
    '--audience': 'give the client id that must be in `aud`',
};
/** The module's answer on a contract, as it came. */
export async function contractAnswer(io, option, file, given) {
    const contract = file === 'family' ? FAMILY_CONTRACT : await readJson(io, option, file);
    const members = [`"contract":${contract}`];
    for (const name of ['app', 'environment']) {
        const value = valueOf(given, `--${name}`);
        if (value !== undefined)
            members.push(`"${name}":${JSON.stringify(value)}`);
    }
    const options = await entryOf(io, given);
    if (options.size > 0)
        members.push(`"options":${objectOf(options)}`);
    return once((engine) => {
        engine.contract(`{${members.join()}}`);
        return engine.lastText();
    });
}
async function fromContract(io, given, file) {
    refuseBeside(given, '--contract', FROM_CONTRACT);
    if (!given.has('--app'))
        throw new UsageError('--app is missing; give the name of an app in the contract');
    const answer = await contractAnswer(io, '--contract', file, given);
    const parsed = JSON.parse(answer);
    if ('error' in parsed)
        throw refused(given, parsed.error, answer);
    // The module's own bytes, not what a parser made of them.
    return { text: membersOf(answer).get('policy') ?? '', warning: parsed.warning };
}
// Name → JSON text of each member of the issuer entry.
async function entryOf(io, given) {
    const entry = new Map();
    const put = (name, value) => value !== undefined && entry.set(name, JSON.stringify(value));
    put('issuer', given.get('--issuer'));
    put('audience', given.get('--audience'));
    put('jwks_uri', valueOf(given, '--jwks-uri'));
    put('algorithms', valueOf(given, '--algorithms')?.split(','));
    put('leeway', secondsOf(given, '--leeway'));
    const keys = valueOf(given, '--keys');
    if (keys !== undefined)
        entry.set('keys', await readJson(io, '--keys', keys));
    return entry;
}
function objectOf(members) {
    return `{${[...members].map(([name, value]) => `"${name}":${value}`).join()}}`;
}
function refuseBeside(given, option, others) {
    const other = others.find((candidate) => given.has(candidate));
    if (other !== undefined)
        throw new UsageError(`${other} cannot stand beside ${option}; leave out one of them`);
}
