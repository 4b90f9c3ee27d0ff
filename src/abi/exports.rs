//! The numeric exports of the WebAssembly module: numbers in, numbers out, bytes in one shared buffer. The
//! interface is laid down in `docs/abi.md`; every export is a few lines over [`Registry`].

#![expect(unsafe_code, reason = "exporting symbols and sharing one buffer with the host needs it")]

use std::cell::RefCell;

use super::former::FORMER;
use super::{Form, Registry, invalid_call};
use crate::limits::MESSAGE_BYTES;

/// A module instance is single-threaded by contract, so that its state needs no lock; the cell turns a host's
/// re-entry into a trap instead of two mutable borrows.
struct Instance(RefCell<State>);

struct State {
    registry: Option<Registry>,
    buffer: [u8; MESSAGE_BYTES],
}

// SAFETY: wasm32 without the atomics feature has one thread; nothing in the module can make another.
unsafe impl Sync for Instance {}

static INSTANCE: Instance = Instance(RefCell::new(State { registry: None, buffer: [0; MESSAGE_BYTES] }));

#[unsafe(no_mangle)]
extern "C" fn authn_abi_version() -> u32 {
    let (major, minor) = FORMER;
    major << 16 | minor
}

#[unsafe(no_mangle)]
extern "C" fn authn_buffer() -> *const u8 {
    INSTANCE.0.borrow().buffer.as_ptr()
}

#[unsafe(no_mangle)]
extern "C" fn authn_buffer_size() -> usize {
    MESSAGE_BYTES
}

#[unsafe(no_mangle)]
extern "C" fn authn_call() -> usize {
    answer(MESSAGE_BYTES, Registry::call)
}

#[unsafe(no_mangle)]
extern "C" fn authn_about() -> usize {
    answer(0, |_, _| Registry::about())
}

#[unsafe(no_mangle)]
extern "C" fn authn_open(len: usize) -> usize {
    answer(len, Registry::open)
}

#[unsafe(no_mangle)]
extern "C" fn authn_close(verifier: u32) -> u32 {
    INSTANCE.0.borrow_mut().registry.as_mut().is_some_and(|registry| registry.close(verifier)).into()
}

#[unsafe(no_mangle)]
extern "C" fn authn_verify(verifier: u32, form: u32, now: f64, len: usize) -> usize {
    answer(len, |registry, input| match form_of(form) {
        Some(form) => registry.verify(verifier, form, now, input),
        None => invalid_call(NO_FORM),
    })
}

#[unsafe(no_mangle)]
extern "C" fn authn_fetch_started(verifier: u32, issuer: u32, now: f64) -> usize {
    answer(0, |registry, _| registry.fetch_started(verifier, issuer, now))
}

#[unsafe(no_mangle)]
extern "C" fn authn_offer(
    verifier: u32,
    issuer: u32,
    what: u32,
    now: f64,
    max_age: f64,
    jitter: f64,
    len: usize,
) -> usize {
    answer(len, |registry, body| match what {
        0 => registry.offer_discovery(verifier, issuer, now, jitter, body),
        1 => registry.offer_keys(verifier, issuer, now, max_age, jitter, body),
        _ => invalid_call("`what` is neither 0 (discovery document) nor 1 (key set)"),
    })
}

#[unsafe(no_mangle)]
extern "C" fn authn_restore(
    verifier: u32,
    issuer: u32,
    now: f64,
    fetched: f64,
    max_age: f64,
    jitter: f64,
    len: usize,
) -> usize {
    answer(len, |registry, body| registry.restore(verifier, issuer, now, fetched, max_age, jitter, body))
}

#[unsafe(no_mangle)]
extern "C" fn authn_fetch_failed(
    verifier: u32,
    issuer: u32,
    now: f64,
    retry_after: f64,
    jitter: f64,
) -> usize {
    answer(0, |registry, _| registry.fetch_failed(verifier, issuer, now, retry_after, jitter))
}

#[unsafe(no_mangle)]
extern "C" fn authn_fetch_abandoned(verifier: u32, issuer: u32, now: f64) -> usize {
    answer(0, |registry, _| registry.fetch_abandoned(verifier, issuer, now))
}

#[unsafe(no_mangle)]
extern "C" fn authn_status(verifier: u32, now: f64) -> usize {
    answer(0, |registry, _| registry.status(verifier, now))
}

#[unsafe(no_mangle)]
extern "C" fn authn_explain(verifier: u32, form: u32, values: u32, now: f64, len: usize) -> usize {
    answer(len, |registry, input| match (form_of(form), values) {
        (Some(form), 0 | 1) => registry.explain(verifier, form, values == 1, now, input),
        (None, _) => invalid_call(NO_FORM),
        (Some(_), _) => invalid_call("`values` is neither 0 (hidden) nor 1 (shown)"),
    })
}

#[unsafe(no_mangle)]
extern "C" fn authn_inspect(len: usize) -> usize {
    answer(len, |_, token| Registry::inspect(token))
}

#[unsafe(no_mangle)]
extern "C" fn authn_contract(len: usize) -> usize {
    answer(len, |_, request| Registry::contract(request))
}

const NO_FORM: &str = "`form` is neither 0 (token) nor 1 (authorization header)";

fn form_of(form: u32) -> Option<Form> {
    match form {
        0 => Some(Form::Token),
        1 => Some(Form::Authorization),
        _ => None,
    }
}

/// Runs one call on the first `len` bytes of the buffer and leaves its answer there.
fn answer(len: usize, call: impl FnOnce(&mut Registry, &[u8]) -> String) -> usize {
    let state = &mut *INSTANCE.0.borrow_mut();
    let registry = state.registry.get_or_insert_default();
    let answer = match state.buffer.get(..len) {
        Some(input) => call(registry, input),
        None => invalid_call("`len` is larger than the buffer"),
    };
    match state.buffer.get(..answer.len()) {
        Some(_) => put(&mut state.buffer, &answer),
        // The limits keep every answer far below it; should one of them be wrong, the next call must not suffer.
        None => put(&mut state.buffer, &invalid_call("the answer is larger than the buffer")),
    }
}

fn put(buffer: &mut [u8], answer: &str) -> usize {
    buffer.iter_mut().zip(answer.bytes()).for_each(|(room, byte)| *room = byte);
    answer.len()
}
