// `@fuzefront/authn` as built in pkg/. It takes a clock; timers follow it, as for the others. Its random jitter is pinned,
// so that figures can be compared.

import { readFileSync } from "node:fs";

import { createVerifier } from "../../../../pkg/esm/index.js";
import { fake, realTimer, virtualSeconds } from "./clock.mjs";
import { serve } from "./serve.mjs";

const manifest = new URL("../../../../pkg/package.json", import.meta.url);
const POLL = 2;

fake();

serve({
  versions: {
    "@fuzefront/authn": JSON.parse(readFileSync(manifest, "utf8")).version,
  },
  kindOf: ({ status }) => (status === 503 ? "outage" : "invalid token"),
  open({ audience, issuer, jitter, url }) {
    Math.random = () => jitter;
    const verifier = createVerifier({
      audience,
      clock: virtualSeconds,
      issuer,
      jwksUri: url,
    });
    return {
      verify: (token) => verifier.verify(token),
      settle: () => settled(verifier),
      close: () => verifier.close(),
    };
  },
});

/** Until the fetch that began in the background has ended: what was due is then not due any more. */
async function settled(verifier) {
  while (verifier.status()[0].due === 0)
    await new Promise((resolve) => realTimer(resolve, POLL));
}
