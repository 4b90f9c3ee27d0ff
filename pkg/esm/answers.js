// The JSON answers of the module, as laid down in docs/abi.md. Types only.
export {};
