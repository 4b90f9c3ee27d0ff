// Key sets with the time they were fetched at, as a document that outlives the process: its shape, and reading it.
// The hash finds damage; it does not say who wrote the document (docs/keys.md, "Snapshots").
import { PolicyError } from './errors.js';
import { namesOf } from './observer.js';
import { sha256 } from './sha256.js';
/** The entry of a snapshot for a set of the issuer with these names. */
export function entryOf(issuer, { body, fetchedAt, maxAge }) {
    // A set is JSON and so UTF-8, or it would not be in force. Not a byte may get lost: the hash is over all of them.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return { issuer, fetchedAt, maxAge: maxAge < 0 ? null : maxAge, sha256: sha256(body), body: text };
}
/** The entries of a snapshot. Throws PolicyError for what has not the shape of one. */
export function readSnapshot(value, path) {
    const { version, issuers } = membersOf(value, path);
    if (version !== 1)
        throw new PolicyError('is not 1, the version of snapshots that this host knows', `${path}/version`);
    if (!Array.isArray(issuers))
        throw new PolicyError('is not a list', `${path}/issuers`);
    return issuers.map((entry, index) => readEntry(entry, `${path}/issuers/${index}`));
}
/** One entry. Throws PolicyError as `readSnapshot`. */
export function readEntry(value, path) {
    const entry = membersOf(value, path);
    for (const [name, { fits, wanted }] of Object.entries(SHAPE))
        if (!fits(entry[name]))
            throw new PolicyError(`is not ${wanted}`, `${path}/${name}`);
    return entry;
}
/** The bytes of the key set, if they are those that were hashed. */
export function soundBody({ body, sha256: expected }) {
    const bytes = new TextEncoder().encode(body);
    return sha256(bytes) === expected ? bytes : undefined;
}
/** Whether an entry of the policy has the same names, in whatever order. */
export function isOf({ issuer }, status) {
    const names = new Set(namesOf(status.issuer));
    return names.size === new Set(issuer).size && issuer.every((name) => names.has(name));
}
const SHAPE = {
    issuer: { fits: isStrings, wanted: 'a list of strings' },
    fetchedAt: { fits: isTime, wanted: 'a time in seconds' },
    maxAge: { fits: (value) => value === null || isTime(value), wanted: 'a number of seconds, or null' },
    sha256: { fits: (value) => typeof value === 'string', wanted: 'a string' },
    body: { fits: (value) => typeof value === 'string', wanted: 'a string' },
};
function isStrings(value) {
    return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
function isTime(value) {
    return typeof value === 'number' && value >= 0 && value < Infinity;
}
function membersOf(value, path) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return value;
    throw new PolicyError('is not an object', path);
}
