"use strict";
// SHA-256 (FIPS 180-4) for reporting which module is loaded. Not for tokens: everything else is done in the module.
// Here because the platform's own is asynchronous in browsers, and a verifier is made synchronously.
Object.defineProperty(exports, "__esModule", { value: true });
exports.sha256 = sha256;
/** The digest of `bytes`, hexadecimal. */
function sha256(bytes) {
    const state = ROOTS.slice(0, 8).map((root) => fraction(Math.sqrt(root)));
    const constants = ROOTS.map((root) => fraction(Math.cbrt(root)));
    const padded = pad(bytes);
    for (let offset = 0; offset < padded.byteLength; offset += 64)
        compress(state, schedule(padded, offset), constants);
    return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}
// The constants are the fractional parts of roots of the first 64 primes (sections 4.2.2 and 5.3.3).
const ROOTS = [];
for (let candidate = 2; ROOTS.length < 64; candidate++) {
    if (ROOTS.every((prime) => candidate % prime !== 0))
        ROOTS.push(candidate);
}
function fraction(root) {
    return ((root - Math.floor(root)) * 2 ** 32) | 0;
}
function pad(bytes) {
    const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
    return view;
}
function schedule(message, offset) {
    const words = new Int32Array(64);
    for (let t = 0; t < 16; t++)
        words[t] = message.getInt32(offset + 4 * t);
    const at = (t) => words[t] ?? 0;
    for (let t = 16; t < 64; t++) {
        const s0 = turn(at(t - 15), 7) ^ turn(at(t - 15), 18) ^ (at(t - 15) >>> 3);
        const s1 = turn(at(t - 2), 17) ^ turn(at(t - 2), 19) ^ (at(t - 2) >>> 10);
        words[t] = at(t - 16) + s0 + at(t - 7) + s1;
    }
    return words;
}
function compress(state, words, constants) {
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
        const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (constants[t] ?? 0) + (words[t] ?? 0)) | 0;
        const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, index) => (state[index] = ((state[index] ?? 0) + word) | 0));
}
function turn(word, bits) {
    return (word >>> bits) | (word << (32 - bits));
}
