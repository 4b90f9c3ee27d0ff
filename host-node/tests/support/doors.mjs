// Instances of the module that misbehave on command.

import { instantiate } from '../../build/engine.js'
import { OPERATION } from '../../build/generated.js'

// (module (func (export "trap") unreachable))
const UNREACHABLE = Uint8Array.from(
  Buffer.from('0061736d010000000104016000000302010007080104747261700000' + '0a05010300000b', 'hex'),
)
const { trap } = new WebAssembly.Instance(new WebAssembly.Module(UNREACHABLE)).exports

/** Runs into a real `unreachable`. */
export { trap }

const NAMES = Object.fromEntries(Object.entries(OPERATION).map(([name, number]) => [number, name]))

/**
 * A source of instances. `doors.failing` names operations that trap (once each in a given instance: an instance that
 * trapped traps for ever). `made` counts instances, `calls` lists operations.
 */
export function makeDoors(overrides = {}) {
  const doors = { made: 0, failing: new Set(), calls: [] }
  doors.instantiate = () => {
    doors.made++
    let poisoned = false
    const real = instantiate()
    const authn_call = () => {
      const name = NAMES[new DataView(real.memory.buffer, real.authn_buffer()).getUint32(0, true)]
      doors.calls.push(name)
      if (poisoned) throw new Error('a poisoned instance was entered')
      if (doors.failing.has(name)) {
        poisoned = true
        trap()
      }
      return overrides[name] === undefined ? real.authn_call() : overrides[name](real.authn_call)
    }
    return { ...real, authn_call }
  }
  return doors
}
