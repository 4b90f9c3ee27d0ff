import { Engine } from './engine.js';
/** Does one piece of work with the shared instance. Throws EngineError if the module traps. */
export declare function once<T>(work: (engine: Engine) => T): T;
