//! A host of `authn.wasm`, written from `docs/abi.md` alone: it imports nothing of the core, and a
//! reader may copy it into another language line by line.

use std::fmt;

use wasmtime::{Config, Engine, Instance, Memory, Module, Store};

/// The interface this host was written for.
pub const MAJOR: u32 = 2;

/// The operations, by their numbers.
pub const ABOUT: u32 = 0;
/// Payload: a policy.
pub const OPEN: u32 = 1;
/// Forgets a verifier.
pub const CLOSE: u32 = 2;
/// Payload: a token.
pub const VERIFY: u32 = 3;
/// The same, with every check.
pub const EXPLAIN: u32 = 4;
/// Begins a conversation that brings keys.
pub const FETCH: u32 = 6;
/// Payload: what came of the last step.
pub const TOLD: u32 = 7;
/// Gives a conversation up.
pub const ABANDON: u32 = 8;
/// The state of all keys.
pub const STATUS: u32 = 9;
/// Payload: a record.
pub const RESTORE: u32 = 10;

const HEAD: usize = 40;

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The module speaks another interface, or lacks a part of this one.
    Foreign(String),
    /// The call trapped: the instance must be dropped. Answer `VERIFIER_UNAVAILABLE` (503).
    Broken,
    /// The payload does not fit into the message buffer.
    TooLarge,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(what) => write!(f, "not this interface: {what}"),
            Self::Broken => f.write_str("the instance is broken"),
            Self::TooLarge => f.write_str("the payload is larger than the buffer"),
        }
    }
}

impl std::error::Error for Fault {}

/// The head of a call; what is not needed stays 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Call {
    /// One of the numbers above.
    pub operation: u32,
    /// The handle that `open` gave.
    pub verifier: u32,
    /// Index of an issuer entry in the policy.
    pub issuer: u32,
    /// A sum of flags of the operation.
    pub flags: u32,
    /// Seconds since the Unix epoch.
    pub now: f64,
    /// A random number, at least 0 and below 1.
    pub jitter: f64,
    /// How often this was asked for this token before.
    pub attempt: u32,
}

/// The compiled module, from which instances are made.
pub struct Template {
    engine: Engine,
    module: Module,
}

impl Template {
    /// Compiles the module. Work is counted (in wasmtime's fuel), so that a call can be cut off.
    ///
    /// # Errors
    /// [`Fault::Foreign`] where the bytes are not a module.
    pub fn new(wasm: &[u8]) -> Result<Self, Fault> {
        let mut config = Config::new();
        config.consume_fuel(true);
        let engine = Engine::new(&config).map_err(|error| Fault::Foreign(error.to_string()))?;
        let module = Module::new(&engine, wasm).map_err(|error| Fault::Foreign(error.to_string()))?;
        Ok(Self { engine, module })
    }
}

/// One instance: enter it from one thread at a time.
pub struct Host {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    buffer: usize,
    size: usize,
}

impl Host {
    /// Makes an instance without giving it anything, and asks for its version first.
    ///
    /// # Errors
    /// [`Fault::Foreign`] where it is not a module of this interface.
    pub fn new(template: &Template) -> Result<Self, Fault> {
        let mut store = Store::new(&template.engine, ());
        store.set_fuel(u64::MAX).map_err(|error| Fault::Foreign(error.to_string()))?;
        let instance = Instance::new(&mut store, &template.module, &[])
            .map_err(|error| Fault::Foreign(error.to_string()))?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .ok_or_else(|| Fault::Foreign("no `memory`".to_owned()))?;
        let mut host = Self { store, instance, memory, buffer: 0, size: 0 };
        let version = host.run("authn_abi_version")?;
        if version >> 16 != MAJOR {
            return Err(Fault::Foreign(format!("version {}.{}", version >> 16, version & 0xffff)));
        }
        host.buffer = bytes(host.run("authn_buffer")?);
        host.size = bytes(host.run("authn_buffer_size")?);
        Ok(host)
    }

    /// One call: the answer is a JSON object.
    ///
    /// # Errors
    /// [`Fault::Broken`] after a trap, [`Fault::TooLarge`] for a payload that does not fit.
    pub fn call(&mut self, call: Call, payload: &[u8]) -> Result<String, Fault> {
        let length = u32::try_from(payload.len()).map_err(|_| Fault::TooLarge)?;
        if payload.len() > self.size - HEAD {
            return Err(Fault::TooLarge);
        }
        self.message(call, length, payload)
    }

    /// [`Host::call`] without any care, for asking what the module says to a host with a bug.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn message(&mut self, call: Call, length: u32, payload: &[u8]) -> Result<String, Fault> {
        let mut message = Vec::with_capacity(HEAD + payload.len());
        for word in [call.operation, call.verifier, call.issuer, call.flags] {
            message.extend(word.to_le_bytes());
        }
        for double in [call.now, call.jitter] {
            message.extend(double.to_le_bytes());
        }
        for word in [call.attempt, length] {
            message.extend(word.to_le_bytes());
        }
        message.extend(payload);
        self.memory.write(&mut self.store, self.buffer, &message).map_err(|_| Fault::Broken)?;
        let length = self.run("authn_call")?;
        let mut answer = vec![0; bytes(length)];
        self.memory.read(&self.store, self.buffer, &mut answer).map_err(|_| Fault::Broken)?;
        String::from_utf8(answer).map_err(|_| Fault::Foreign("an answer is not UTF-8".to_owned()))
    }

    /// Address and size of the message buffer, as the module says them now.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn buffer(&mut self) -> Result<(u32, u32), Fault> {
        Ok((self.run("authn_buffer")?, self.run("authn_buffer_size")?))
    }

    /// How much memory the instance has, in bytes.
    pub fn memory_size(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// Cuts the following calls off after about `units` instructions, which is a trap to the caller.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn limit(&mut self, units: u64) -> Result<(), Fault> {
        self.store.set_fuel(units).map_err(|_| Fault::Broken)
    }

    fn run(&mut self, name: &str) -> Result<u32, Fault> {
        let function = self
            .instance
            .get_typed_func::<(), u32>(&mut self.store, name)
            .map_err(|error| Fault::Foreign(error.to_string()))?;
        function.call(&mut self.store, ()).map_err(|_| Fault::Broken)
    }
}

/// An address or a length of a 32-bit module.
fn bytes(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
