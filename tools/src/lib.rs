//! The tools over the verifier: the doctor, which examines documents, and the command line, which prints. Neither
//! decides whether a token is accepted: that is asked of `authn.wasm`. Nothing here reads a clock, a file or a network:
//! a host gives arguments and facts, and is told which fact is wanted next (`docs/tools.md`).

mod cli;
mod doctor;
#[cfg(target_arch = "wasm32")]
mod exports;
mod world;

use serde_json::{Value, json};

use world::World;

pub use doctor::{diagnose, findings};

/// One message of a host, and the answer: `{"needs":[…]}`, or `{"done":…}` (`docs/tools.md`).
#[must_use]
pub fn call(message: &[u8]) -> String {
    let answer = match serde_json::from_slice::<World>(message) {
        Ok(world) => cli::run(&world),
        Err(error) => json!({ "error": { "code": "INVALID_CALL", "message": error.to_string() } }),
    };
    Value::to_string(&answer)
}
