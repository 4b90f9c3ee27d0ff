"use strict";
// The options of a verifier, and their mapping to the policy document the module reads. Only names are mapped:
// the module checks every value and fills in the defaults (docs/abi.md, "Policy").
Object.defineProperty(exports, "__esModule", { value: true });
exports.policyOf = policyOf;
exports.contractRequestOf = contractRequestOf;
const errors_js_1 = require("./errors.js");
const COMMON = { insecureHosts: 'insecure_hosts' };
const FUNCTIONS = ['clock', 'fetch', 'isRevoked', 'onEvent', 'resolve'];
const OBJECTS = ['snapshot', 'store'];
const SWITCHES = ['backgroundRefresh'];
const ENTRY = {
    algorithms: 'algorithms',
    audience: 'audience',
    authorizedParties: 'authorized_parties',
    claimValues: 'claim_values',
    claims: 'claims',
    issuer: 'issuer',
    jwksUri: 'jwks_uri',
    keys: 'keys',
    kinds: 'kinds',
    leeway: 'leeway',
    machineClients: 'machine_clients',
    maxAge: 'max_age',
    mode: 'mode',
    requiredClaims: 'required_claims',
    requiredScopes: 'required_scopes',
    secret: 'secret',
    staleCap: 'stale_cap',
    types: 'types',
};
// What an error lists as known, where options of the verifier and of its only entry stand side by side.
const VERIFIER = [...FUNCTIONS, ...OBJECTS, ...SWITCHES, ...Object.keys(COMMON)];
const SINGLE = [...VERIFIER, ...Object.keys(ENTRY), 'contract', 'issuers'];
// The others are fixed by the contract.
const ADDED = Object.keys(ENTRY).filter((name) => !/^(issuer|audience|algorithms|mode|secret)$/.test(name));
const OF_CONTRACT = [...VERIFIER, ...ADDED, 'app', 'contract', 'environment'];
/** The policy document. Throws PolicyError for an unknown option, and for what has no JSON form. */
function policyOf(options) {
    const { issuers, common, entry } = sorted(options);
    const entries = issuers === undefined ? [entryOf(entry, '/issuers/0', SINGLE)] : entriesOf(issuers);
    return json({ ...renamed(common, COMMON, '', VERIFIER), issuers: entries });
}
/** The request for the policy of a contract's app. Throws as `policyOf`. */
function contractRequestOf(options) {
    const { common, entry } = sorted(options);
    const { contract, app, environment, ...given } = entry;
    const added = { ...renamed(common, COMMON, '', VERIFIER), ...entryOf(given, '/options', OF_CONTRACT) };
    return json({ contract, app, environment, options: added });
}
function sorted(options) {
    if (!isObject(options))
        throw new errors_js_1.PolicyError('the options are not an object', '');
    const { issuers, ...given } = options;
    const common = {};
    const entry = {};
    for (const [name, value] of Object.entries(given)) {
        // Those in OBJECTS are read where they are used.
        if (value === undefined || isOneOf(OBJECTS, name))
            continue;
        if (isOneOf(FUNCTIONS, name))
            refuseUnless('function', name, value);
        else if (isOneOf(SWITCHES, name))
            refuseUnless('boolean', name, value);
        else if (Object.hasOwn(COMMON, name))
            common[name] = value;
        else if (issuers === undefined)
            entry[name] = value;
        else
            throw new errors_js_1.PolicyError(misplaced(name), pointer('', name));
    }
    return { issuers, common, entry };
}
function misplaced(name) {
    if (name === 'contract')
        return 'cannot stand beside `issuers`';
    return Object.hasOwn(ENTRY, name)
        ? 'stands in an entry of `issuers`, not beside it'
        : unknownOption([...VERIFIER, 'issuers']);
}
function entriesOf(issuers) {
    if (!Array.isArray(issuers))
        return issuers;
    return issuers.map((entry, index) => (isObject(entry) ? entryOf(entry, `/issuers/${index}`) : entry));
}
function entryOf(options, path, known = Object.keys(ENTRY)) {
    const entry = renamed(options, ENTRY, path, known);
    if (entry['secret'] !== undefined)
        entry['secret'] = base64url(secretBytes(entry['secret'], `${path}/secret`));
    return entry;
}
function renamed(options, names, path, known) {
    const policy = {};
    for (const [name, value] of Object.entries(options)) {
        if (value === undefined)
            continue;
        const renamed = Object.hasOwn(names, name) ? names[name] : undefined;
        if (renamed === undefined)
            throw new errors_js_1.PolicyError(unknownOption(known), pointer(path, name));
        policy[renamed] = value;
    }
    return policy;
}
function unknownOption(known) {
    return `is an unknown option; known are ${[...known].sort().join(', ')}`;
}
function refuseUnless(type, name, value) {
    if (typeof value !== type)
        throw new errors_js_1.PolicyError(`is not a ${type}`, pointer('', name));
}
function secretBytes(secret, path) {
    if (typeof secret === 'string')
        return new TextEncoder().encode(secret);
    // Not `instanceof`: in jest the test's Uint8Array is another one.
    if (ArrayBuffer.isView(secret))
        return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength);
    throw new errors_js_1.PolicyError('is neither a string nor bytes', path);
}
function base64url(bytes) {
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
function json(policy) {
    try {
        return JSON.stringify(policy);
    }
    catch (cause) {
        throw new errors_js_1.PolicyError('the options have no JSON form', '', cause);
    }
}
function pointer(path, name) {
    return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isOneOf(names, name) {
    return names.includes(name);
}
