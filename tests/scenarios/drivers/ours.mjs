// `@fuzefront/authn` as built in pkg/. Nothing is faked: it takes a clock. Its random jitter is pinned, so that
// figures can be compared.

import { readFileSync } from "node:fs";

import { createVerifier } from "../../../pkg/esm/index.js";
import { virtualSeconds } from "./clock.mjs";
import { serve } from "./serve.mjs";

const manifest = new URL("../../../pkg/package.json", import.meta.url);
const POLL = 2;

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
    };
  },
});

/** Until the fetch that a check began in the background has ended: a fetch that is due is then not due any more. */
async function settled(verifier) {
  while (verifier.status()[0].fetch !== null)
    await new Promise((resolve) => setTimeout(resolve, POLL));
}
