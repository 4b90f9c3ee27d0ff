// Instances of the module that misbehave on command.

import { instantiate } from '../../build/engine.js'

// (module (func (export "trap") unreachable))
const UNREACHABLE = Uint8Array.from(
  Buffer.from('0061736d010000000104016000000302010007080104747261700000' + '0a05010300000b', 'hex'),
)
const { trap } = new WebAssembly.Instance(new WebAssembly.Module(UNREACHABLE)).exports

/** Runs into a real `unreachable`. */
export { trap }

/**
 * A source of instances. `door.failing` names exports that trap (once each in a given instance: an instance that
 * trapped traps for ever). `made` counts instances.
 */
export function makeDoors(overrides = {}) {
  const doors = { made: 0, failing: new Set(), calls: [] }
  doors.instantiate = () => {
    doors.made++
    let poisoned = false
    const real = instantiate()
    const door = { memory: real.memory }
    for (const name of Object.keys(real).filter((key) => key.startsWith('authn_'))) {
      door[name] = (...args) => {
        doors.calls.push(name)
        if (poisoned) throw new Error('a poisoned instance was entered')
        if (doors.failing.has(name)) {
          poisoned = true
          trap()
        }
        return (overrides[name] ?? real[name])(...args)
      }
    }
    return door
  }
  return doors
}
