"use strict";
// What a token says of itself, decoded without keys. Anyone can write such a token: the type says so.
Object.defineProperty(exports, "__esModule", { value: true });
exports.inspect = inspect;
const stateless_js_1 = require("./stateless.js");
/** Decodes a token without verifying it: for looking at, never for deciding. */
function inspect(token) {
    if (typeof token !== 'string')
        throw new TypeError('inspect: the token is not a string');
    return (0, stateless_js_1.once)((engine) => engine.inspect(token));
}
