// Calls that need no policy: one instance serves them all. After a trap it is dropped, like any other.
import { Broken, Engine } from './engine.js';
import { EngineError } from './errors.js';
let shared;
/** Does one piece of work with the shared instance. Throws EngineError if the module traps. */
export function once(work) {
    const engine = (shared ??= new Engine());
    try {
        return work(engine);
    }
    catch (cause) {
        if (!(cause instanceof Broken))
            throw cause;
        shared = undefined;
        throw new EngineError('the module traps', { cause });
    }
}
