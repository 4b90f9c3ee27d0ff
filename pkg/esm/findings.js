// What the doctor finds (docs/abi.md, "Diagnosis"). Types only; the texts are the module's.
export {};
