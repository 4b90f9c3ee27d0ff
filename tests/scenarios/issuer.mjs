// The issuer of the scenarios: one real HTTP server on loopback. Each realm is a key set of its own with a mode that is
// switched from outside, and counts the requests for it.

import { once } from "node:events";
import { createServer } from "node:http";

/** How a realm answers. */
export const MODES = {
  ok: (realm, response) =>
    setTimeout(() => {
      response.setHeader("content-type", "application/json");
      if (realm.maxAge !== undefined)
        response.setHeader("cache-control", `max-age=${realm.maxAge}`);
      response.end(JSON.stringify({ keys: realm.keys }));
    }, realm.milliseconds),
  unavailable: (_realm, response) => response.writeHead(503).end("down"),
  reset: (_realm, response) => response.socket.destroy(),
  // Takes the connection and the request, and never answers.
  hang: () => undefined,
};

class Realm {
  /** A name in `MODES`. */
  mode = "ok";
  /** How long an answer takes. */
  milliseconds = 0;
  requests = 0;
  /** Seconds, for `Cache-Control`; without it the header is not sent. */
  maxAge;

  constructor(url, keys) {
    this.url = url;
    this.keys = keys;
  }
}

export class Issuer {
  #realms = new Map();
  #server = createServer((request, response) =>
    this.#answer(request, response),
  );

  async start() {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** A new key set at a URL of its own. */
  realm(keys) {
    const path = `/${this.#realms.size}/keys`;
    const { port } = this.#server.address();
    const realm = new Realm(`http://127.0.0.1:${port}${path}`, keys);
    this.#realms.set(path, realm);
    return realm;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request, response) {
    const realm = this.#realms.get(request.url);
    if (realm === undefined) return response.writeHead(404).end();
    realm.requests++;
    MODES[realm.mode](realm, response);
  }
}
