// One replica: verifies one token, as a process or a worker thread of its own, and says how it went. The task is JSON,
// in the first argument or in the thread's data. The outcome of a fetch is told by its reason, if it has one.

import { parentPort, workerData } from 'node:worker_threads'
import { createClient } from 'redis'
import { createVerifier } from '../../build/index.js'
import { redisStore } from '../../build/redis.js'

const { options, now, token, redis } = workerData ?? JSON.parse(process.argv[2])
const client = redis === undefined ? undefined : await createClient({ url: `redis://127.0.0.1:${redis}` }).connect()
const outcomes = []
const verifier = createVerifier({
  ...options,
  clock: () => now,
  onEvent: ({ type, outcome, reason }) => type === 'keys.fetch' && outcomes.push(reason ?? outcome),
  ...(client && { store: redisStore(client) }),
})
const { ok } = await verifier.check(token)
// What goes into the store goes there behind the caller's back.
await client?.quit()
verifier.close()
if (parentPort === null) console.log(JSON.stringify({ ok, outcomes }))
else parentPort.postMessage({ ok, outcomes })
