"use strict";
// What the doctor finds (docs/abi.md, "Diagnosis"). Types only; the texts are the module's.
Object.defineProperty(exports, "__esModule", { value: true });
