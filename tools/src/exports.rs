//! The exports of `authn-tools.wasm`: room for a message, the call, and where its answer is.

#![expect(unsafe_code, reason = "exporting symbols and sharing memory with the host needs it")]

use std::cell::RefCell;

/// Message in, answer out. An instance is single-threaded by contract.
struct Shared(RefCell<Vec<u8>>);

// SAFETY: wasm32 without the atomics feature has one thread; nothing in the module can make another.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared(RefCell::new(Vec::new()));

/// Makes room for a message of `length` bytes; where to write it. The place holds until the next call.
#[unsafe(no_mangle)]
extern "C" fn authn_tools_room(length: usize) -> *const u8 {
    let mut shared = SHARED.0.borrow_mut();
    *shared = vec![0; length];
    shared.as_ptr()
}

/// Answers the message; the length of the answer.
#[unsafe(no_mangle)]
extern "C" fn authn_tools_call() -> usize {
    let mut shared = SHARED.0.borrow_mut();
    *shared = crate::call(&shared).into_bytes();
    shared.len()
}

/// Where the answer is.
#[unsafe(no_mangle)]
extern "C" fn authn_tools_answer() -> *const u8 {
    SHARED.0.borrow().as_ptr()
}
