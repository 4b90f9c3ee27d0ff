//! A host of `authn.wasm`, written from `docs/abi.md` alone: it imports nothing of the core, and a
//! reader may copy it into another language line by line.

use std::fmt;

use wasmtime::{Config, Engine, Instance, Memory, Module, Store, WasmParams};

/// The interface this host was written for.
pub const MAJOR: u32 = 1;

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The module speaks another interface, or lacks a part of this one.
    Foreign(String),
    /// The call trapped: the instance must be dropped. Answer `VERIFIER_UNAVAILABLE` (503).
    Broken,
    /// The input does not fit into the message buffer.
    TooLarge,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(what) => write!(f, "not this interface: {what}"),
            Self::Broken => f.write_str("the instance is broken"),
            Self::TooLarge => f.write_str("the input is larger than the buffer"),
        }
    }
}

impl std::error::Error for Fault {}

/// What the bytes of [`Host::verify`] are.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A token.
    Token = 0,
    /// The value of an `Authorization` header.
    Authorization = 1,
}

/// What the bytes of [`Host::offer`] are.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A discovery document.
    Discovery = 0,
    /// A key set.
    KeySet = 1,
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
        let version = host.call("authn_abi_version", ())?;
        if version >> 16 != MAJOR {
            return Err(Fault::Foreign(format!("version {}.{}", version >> 16, version & 0xffff)));
        }
        host.buffer = bytes(host.call("authn_buffer", ())?);
        host.size = bytes(host.call("authn_buffer_size", ())?);
        Ok(host)
    }

    /// The catalogue.
    ///
    /// # Errors
    /// [`Fault::Broken`] after a trap, as for every call below.
    pub fn about(&mut self) -> Result<String, Fault> {
        let length = self.call("authn_about", ())?;
        self.answer(length)
    }

    /// Opens a verifier for a policy.
    ///
    /// # Errors
    /// [`Fault::Broken`], [`Fault::TooLarge`].
    pub fn open(&mut self, policy: &[u8]) -> Result<String, Fault> {
        let len = self.put(policy)?;
        let length = self.call("authn_open", len)?;
        self.answer(length)
    }

    /// Forgets a verifier; whether it was open.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn close(&mut self, verifier: u32) -> Result<bool, Fault> {
        Ok(self.call("authn_close", verifier)? == 1)
    }

    /// The verdict on a token or on the value of an `Authorization` header.
    ///
    /// # Errors
    /// [`Fault::Broken`], [`Fault::TooLarge`].
    pub fn verify(&mut self, verifier: u32, form: Form, now: f64, input: &[u8]) -> Result<String, Fault> {
        let form = match form {
            Form::Token => 0,
            Form::Authorization => 1,
        };
        let len = self.put(input)?;
        self.raw_verify(verifier, form, now, len)
    }

    /// [`Host::verify`] without any care, for asking what the module says to a host with a bug.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn raw_verify(&mut self, verifier: u32, form: u32, now: f64, len: u32) -> Result<String, Fault> {
        let length = self.call("authn_verify", (verifier, form, now, len))?;
        self.answer(length)
    }

    /// Tells that a fetch begins.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn fetch_started(&mut self, verifier: u32, issuer: u32, now: f64) -> Result<String, Fault> {
        let length = self.call("authn_fetch_started", (verifier, issuer, now))?;
        self.answer(length)
    }

    /// Hands over a fetched body; no `Cache-Control`, no jitter.
    ///
    /// # Errors
    /// [`Fault::Broken`], [`Fault::TooLarge`].
    pub fn offer(
        &mut self,
        verifier: u32,
        issuer: u32,
        what: What,
        now: f64,
        body: &[u8],
    ) -> Result<String, Fault> {
        let what = match what {
            What::Discovery => 0,
            What::KeySet => 1,
        };
        let len = self.put(body)?;
        self.raw_offer(verifier, issuer, what, now, len)
    }

    /// [`Host::offer`] without any care.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn raw_offer(
        &mut self,
        verifier: u32,
        issuer: u32,
        what: u32,
        now: f64,
        len: u32,
    ) -> Result<String, Fault> {
        let length = self.call("authn_offer", (verifier, issuer, what, now, -1.0_f64, 0.0_f64, len))?;
        self.answer(length)
    }

    /// Tells that a fetch failed.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn fetch_failed(
        &mut self,
        verifier: u32,
        issuer: u32,
        now: f64,
        retry_after: f64,
    ) -> Result<String, Fault> {
        let length = self.call("authn_fetch_failed", (verifier, issuer, now, retry_after, 0.0_f64))?;
        self.answer(length)
    }

    /// What the verifier knows of its keys.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn status(&mut self, verifier: u32, now: f64) -> Result<String, Fault> {
        let length = self.call("authn_status", (verifier, now))?;
        self.answer(length)
    }

    /// Address and size of the message buffer, as the module says them now.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn buffer(&mut self) -> Result<(u32, u32), Fault> {
        Ok((self.call("authn_buffer", ())?, self.call("authn_buffer_size", ())?))
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

    fn put(&mut self, input: &[u8]) -> Result<u32, Fault> {
        if input.len() > self.size {
            return Err(Fault::TooLarge);
        }
        self.memory.write(&mut self.store, self.buffer, input).map_err(|_| Fault::Broken)?;
        u32::try_from(input.len()).map_err(|_| Fault::TooLarge)
    }

    fn call<P: WasmParams>(&mut self, name: &str, arguments: P) -> Result<u32, Fault> {
        let function = self
            .instance
            .get_typed_func::<P, u32>(&mut self.store, name)
            .map_err(|error| Fault::Foreign(error.to_string()))?;
        function.call(&mut self.store, arguments).map_err(|_| Fault::Broken)
    }

    fn answer(&mut self, length: u32) -> Result<String, Fault> {
        let mut answer = vec![0; bytes(length)];
        self.memory.read(&self.store, self.buffer, &mut answer).map_err(|_| Fault::Broken)?;
        String::from_utf8(answer).map_err(|_| Fault::Foreign("an answer is not UTF-8".to_owned()))
    }
}

/// An address or a length of a 32-bit module.
fn bytes(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
