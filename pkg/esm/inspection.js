// What a token says of itself, decoded without keys. Anyone can write such a token: the type says so.
import { once } from './stateless.js';
/** Decodes a token without verifying it: for looking at, never for deciding. */
export function inspect(token) {
    if (typeof token !== 'string')
        throw new TypeError('inspect: the token is not a string');
    return once((engine) => engine.inspect(token));
}
