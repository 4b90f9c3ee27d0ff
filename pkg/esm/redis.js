// A store for fetched keys in Redis, over the client that the app has anyway: node-redis (4 and 5) or ioredis (5).
// Nothing is imported from either; they differ in how options are written.
import { PolicyError } from './errors.js';
/** The option `store` of a verifier. Needs the commands GET, SET and EVAL. Throws PolicyError for what is no client. */
export function redisStore(client, { prefix = '' } = {}) {
    const redis = commandsOf(client);
    // A lock is given back only by the one who holds it: it may have run out, and be another's.
    const held = new Map();
    return {
        get: async (key) => textOf(await client.get(prefix + key)),
        put: (key, value, ttl) => redis.set(prefix + key, value, ttl),
        async lock(key, ttl) {
            const mark = crypto.randomUUID();
            const locked = (await redis.setIfFree(prefix + key, mark, ttl)) !== null;
            if (locked)
                held.set(key, mark);
            return locked;
        },
        async unlock(key) {
            const mark = held.get(key);
            held.delete(key);
            if (mark !== undefined)
                await redis.deleteIf(prefix + key, mark);
        },
    };
}
const DELETE_IF = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";
function commandsOf(client) {
    for (const name of ['get', 'set', 'eval'])
        if (typeof client?.[name] !== 'function')
            throw new PolicyError('is no client of node-redis or ioredis', '/store');
    // Only ioredis has a method for any command at all.
    if (typeof client.call === 'function')
        return {
            set: (key, value, ttl) => client.set(key, value, 'EX', ttl),
            setIfFree: (key, value, ttl) => client.set(key, value, 'EX', ttl, 'NX'),
            deleteIf: (key, value) => client.eval(DELETE_IF, 1, key, value),
        };
    return {
        set: (key, value, ttl) => client.set(key, value, { EX: ttl }),
        setIfFree: (key, value, ttl) => client.set(key, value, { EX: ttl, NX: true }),
        deleteIf: (key, value) => client.eval(DELETE_IF, { keys: [key], arguments: [value] }),
    };
}
// A client may be set to give bytes.
function textOf(value) {
    if (value === null || value === undefined)
        return null;
    return typeof value === 'string' ? value : new TextDecoder().decode(value);
}
