//! `pkg/authn.wasm` in wasmtime, by `docs/abi.md`.

use std::fs;

use wasmtime::{Config, Engine as Runtime, Instance, Memory, OptLevel, Store, WasmParams, WasmResults};

use crate::vectors::Engine;

pub struct Module {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    buffer: usize,
}

impl Module {
    pub fn load() -> Self {
        let bytes = fs::read(fuzefront_authn_tests::root().join("pkg/authn.wasm")).unwrap();
        let mut config = Config::new();
        config.cranelift_opt_level(OptLevel::None);
        let runtime = Runtime::new(&config).unwrap();
        let module = wasmtime::Module::new(&runtime, bytes).unwrap();
        let mut store = Store::new(&runtime, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let memory = instance.get_memory(&mut store, "memory").unwrap();
        let mut module = Self { store, instance, memory, buffer: 0 };
        assert_eq!(module.ask::<(), i32>("authn_abi_version", ()) >> 16, 2);
        let address: i32 = module.ask("authn_buffer", ());
        module.buffer = usize::try_from(address).unwrap();
        module
    }

    /// Writes the message, and returns its length.
    fn write(&mut self, message: &[u8]) -> i32 {
        self.memory.write(&mut self.store, self.buffer, message).unwrap();
        i32::try_from(message.len()).unwrap()
    }

    /// Reads the answer of a call that returned its length.
    fn read(&mut self, length: i32) -> String {
        let mut answer = vec![0; usize::try_from(length).unwrap()];
        self.memory.read(&self.store, self.buffer, &mut answer).unwrap();
        String::from_utf8(answer).unwrap()
    }

    fn ask<P: WasmParams, R: WasmResults>(&mut self, name: &str, arguments: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&mut self.store, name).unwrap();
        function.call(&mut self.store, arguments).unwrap()
    }
}

impl Engine for Module {
    fn call(&mut self, message: &[u8]) -> String {
        self.write(message);
        let answer = self.ask("authn_call", ());
        self.read(answer)
    }
}
