// Timers in virtual time for one test. Node's own mocked timers forget others when one that fired is cleared.

import { mock } from 'node:test'

/** Replaces `setTimeout` and `clearTimeout` until the test ends; `tick` fires what falls due within `seconds`. */
export function virtualTimers(t) {
  const timers = new Map()
  let now = 0
  const methods = [
    mock.method(globalThis, 'setTimeout', (work, milliseconds = 0, ...rest) => {
      const timer = { unref: () => timer, ref: () => timer, hasRef: () => false, refresh }
      function refresh() {
        timers.set(timer, { at: now + milliseconds, fire: () => work(...rest) })
        return timer
      }
      return refresh()
    }),
    mock.method(globalThis, 'clearTimeout', (timer) => void timers.delete(timer)),
  ]
  t.after(() => methods.forEach(({ mock }) => mock.restore()))
  return {
    tick(seconds) {
      now += seconds * 1000
      const due = [...timers].filter(([, { at }]) => at <= now).sort(([, a], [, b]) => a.at - b.at)
      for (const [timer, { fire }] of due) if (timers.delete(timer)) fire()
    },
  }
}
