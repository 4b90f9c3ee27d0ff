//! The exports of the WebAssembly module: one buffer that is shared with the host, and the one call. The interface is laid
//! down in `docs/abi.md`.

#![expect(unsafe_code, reason = "exporting symbols and sharing one buffer with the host needs it")]

use std::cell::RefCell;

use super::{ABI, Registry, invalid_call};
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
    let (major, minor) = ABI;
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

/// Answers the message at the start of the buffer, and leaves the answer there; its length.
#[unsafe(no_mangle)]
extern "C" fn authn_call() -> usize {
    let state = &mut *INSTANCE.0.borrow_mut();
    let answer = state.registry.get_or_insert_default().call(&state.buffer);
    // The limits keep every answer below the buffer; should one of them be wrong, the next call must not suffer.
    let fits = answer.len() <= MESSAGE_BYTES;
    let answer = if fits { answer } else { invalid_call("the answer is larger than the buffer") };
    state.buffer.iter_mut().zip(answer.bytes()).for_each(|(room, byte)| *room = byte);
    answer.len()
}
