"use strict";
// Loads the WebAssembly module and speaks its interface (docs/abi.md); knows nothing of tokens. An engine is one
// instance with its memory: one message in, one call, one message out.
Object.defineProperty(exports, "__esModule", { value: true });
exports.Engine = exports.Broken = exports.FORM = void 0;
exports.moduleDigest = moduleDigest;
exports.instantiate = instantiate;
const errors_js_1 = require("./errors.js");
const sha256_js_1 = require("./sha256.js");
const wasm_js_1 = require("./wasm.js");
const ABI_MAJOR = 1;
exports.FORM = { token: 0, authorization: 1 };
const TOO_LARGE = {
    policy: { error: { code: 'INVALID_POLICY', path: '', message: 'the policy is too large' } },
    contract: { error: { code: 'INVALID_CONTRACT', path: '', message: 'the contract is too large' } },
};
const WHAT = { discovery: 0, key_set: 1 };
/** The instance trapped, or answered what no sound module answers: it must not be used again. */
class Broken extends Error {
    name = 'Broken';
}
exports.Broken = Broken;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
class Engine {
    #door;
    #buffer;
    #size;
    #view;
    #answered = 0;
    #text = '';
    /** Throws EngineError for a module that speaks another interface. */
    constructor(door = instantiate()) {
        refuseOtherAbi(door.authn_abi_version() >>> 0);
        this.#door = door;
        this.#buffer = door.authn_buffer() >>> 0;
        this.#size = door.authn_buffer_size() >>> 0;
        this.#view = new Uint8Array(door.memory.buffer, this.#buffer, this.#size);
    }
    about() {
        return this.#ask(() => this.#door.authn_about());
    }
    open(policy) {
        const bytes = encoder.encode(policy);
        if (bytes.length > this.#size)
            return this.#refuse(TOO_LARGE.policy);
        return this.#ask(() => this.#door.authn_open(this.#putWhole(bytes)));
    }
    /** A text that does not fit is cut: what is left is longer than any token the module reads, so it says so. */
    verify(verifier, form, now, text) {
        return this.#ask(() => this.#door.authn_verify(verifier, form, now, this.#putText(text)));
    }
    /** Like `verify`, on bytes: what no text can express. */
    verifyBytes(verifier, form, now, bytes) {
        return this.#ask(() => this.#door.authn_verify(verifier, form, now, this.#putWhole(bytes.subarray(0, this.#size))));
    }
    fetchStarted(verifier, issuer, now) {
        return this.#ask(() => this.#door.authn_fetch_started(verifier, issuer, now));
    }
    offer(verifier, { issuer, what, body, now, maxAge, jitter }) {
        return this.#ask(() => this.#door.authn_offer(verifier, issuer, WHAT[what], now, maxAge, jitter, this.#putWhole(body)));
    }
    restore(verifier, { issuer, body, now, fetched, maxAge, jitter }) {
        if (body.length > this.#size)
            return { result: 'refused', reason: 'too_large' };
        return this.#ask(() => this.#door.authn_restore(verifier, issuer, now, fetched, maxAge, jitter, this.#putWhole(body)));
    }
    fetchFailed(verifier, issuer, now, retryAfter, jitter) {
        return this.#ask(() => this.#door.authn_fetch_failed(verifier, issuer, now, retryAfter, jitter));
    }
    fetchAbandoned(verifier, issuer, now) {
        return this.#ask(() => this.#door.authn_fetch_abandoned(verifier, issuer, now));
    }
    status(verifier, now) {
        return this.#ask(() => this.#door.authn_status(verifier, now));
    }
    /** Like `verify`, with every step; changes nothing. */
    explain(verifier, form, values, now, text) {
        return this.#ask(() => this.#door.authn_explain(verifier, form, values ? 1 : 0, now, this.#putText(text)));
    }
    /** A text that does not fit is cut, as for `verify`. */
    inspect(text) {
        return this.#ask(() => this.#door.authn_inspect(this.#putText(text)));
    }
    contract(request) {
        const bytes = encoder.encode(request);
        if (bytes.length > this.#size)
            return this.#refuse(TOO_LARGE.contract);
        return this.#ask(() => this.#door.authn_contract(this.#putWhole(bytes)));
    }
    /** Throws EngineError for a request beyond `size`. */
    diagnose(request) {
        return this.#ask(() => this.#door.authn_diagnose(this.#putWhole(encoder.encode(request))));
    }
    close(verifier) {
        return this.#door.authn_close(verifier) === 1;
    }
    /** The largest message, in bytes. */
    get size() {
        return this.#size;
    }
    /** The bytes of the last answer; a view that the next call overwrites. */
    lastAnswer() {
        return this.#bytes().subarray(0, this.#answered);
    }
    /** The last answer as it came. */
    lastText() {
        return this.#text;
    }
    // What does not fit cannot be handed in; it is refused in the module's form.
    #refuse(refused) {
        this.#text = JSON.stringify(refused);
        return refused;
    }
    // Memory that grew has detached the old view.
    #bytes() {
        const { buffer } = this.#door.memory;
        if (this.#view.buffer !== buffer)
            this.#view = new Uint8Array(buffer, this.#buffer, this.#size);
        return this.#view;
    }
    #putText(text) {
        return encoder.encodeInto(text, this.#bytes()).written;
    }
    #putWhole(bytes) {
        if (bytes.length > this.#size)
            throw new errors_js_1.EngineError('the message does not fit into the buffer of the module');
        this.#bytes().set(bytes);
        return bytes.length;
    }
    // Whatever the module throws (a trap, a stack overflow) leaves it in an unknown state.
    #ask(call) {
        let answer;
        try {
            this.#answered = call() >>> 0;
            this.#text = decoder.decode(this.lastAnswer());
            answer = JSON.parse(this.#text);
        }
        catch (cause) {
            if (cause instanceof errors_js_1.EngineError)
                throw cause;
            throw new Broken('the instance is broken', { cause });
        }
        return soundAnswer(answer);
    }
}
exports.Engine = Engine;
/** SHA-256 of the module's bytes, hexadecimal. */
function moduleDigest() {
    digest ??= (0, sha256_js_1.sha256)(wasmBytes());
    return digest;
}
/** A new instance of the module that the package carries, compiled once per process. */
function instantiate() {
    compiled ??= new WebAssembly.Module(wasmBytes());
    return new WebAssembly.Instance(compiled, {}).exports;
}
let compiled;
let digest;
function wasmBytes() {
    const text = atob(wasm_js_1.WASM_BASE64);
    const bytes = new Uint8Array(text.length);
    for (let index = 0; index < text.length; index++)
        bytes[index] = text.charCodeAt(index);
    return bytes;
}
function refuseOtherAbi(version) {
    const major = version >>> 16;
    if (major === ABI_MAJOR)
        return;
    throw new errors_js_1.EngineError(`the module speaks interface ${major}.${version & 0xffff}; this host needs ${ABI_MAJOR}.x`);
}
function soundAnswer(answer) {
    if (typeof answer !== 'object' || answer === null)
        throw new Broken('the answer is not an object');
    const error = answer.error;
    if (error?.code === 'INVALID_CALL')
        throw new errors_js_1.EngineError(error.message);
    return answer;
}
