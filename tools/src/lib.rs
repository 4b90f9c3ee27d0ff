//! The tools over the verifier: the doctor, which examines documents, and the command line, which prints. Neither
//! decides whether a token is accepted: that is asked of `authn.wasm`. Nothing here reads a clock, a file or a network.

mod doctor;

pub use doctor::diagnose;
