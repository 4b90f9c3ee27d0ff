// A black hole on loopback: a port whose connections the system holds and nobody ever accepts. Once its queue is full,
// further ones get no answer at all, as behind a firewall that drops them.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import {
  Worker,
  isMainThread,
  parentPort,
  workerData,
} from "node:worker_threads";

const SHORTEST_QUEUE = 1;
// Milliseconds; a connection on loopback is there at once, or it is swallowed.
const PROMPT = 250;
const MOST = 16;

/** Listens on `port`, 0 for any; answers how to end it. Throws where the system answers for a full queue. */
export async function dig(port) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { port } });
  const [taken] = await once(worker, "message");
  const fillers = [];
  const fill = async () => {
    do {
      if (fillers.length === MOST)
        throw new Error("connections are taken, although nobody accepts them");
      fillers.push(connect(taken, "127.0.0.1").on("error", () => undefined));
    } while (await connects(fillers.at(-1)));
  };
  const end = async () => {
    for (const filler of fillers) filler.destroy();
    await worker.terminate();
  };
  await fill().catch(async (error) => {
    await end();
    throw error;
  });
  return end;
}

async function connects(socket) {
  const signal = AbortSignal.timeout(PROMPT);
  return once(socket, "connect", { signal }).then(
    () => true,
    () => false,
  );
}

if (!isMainThread) {
  const server = createServer();
  server.listen(
    { port: workerData.port, host: "127.0.0.1", backlog: SHORTEST_QUEUE },
    () => {
      parentPort.postMessage(server.address().port);
      // Never again in its event loop, so never accepting.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  );
}
