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
  /** A name in `MODES`, or a function like those. */
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
  #scheme;
  #server;

  /** `server` may be an https one. */
  constructor(server = createServer(), scheme = "http") {
    this.#scheme = scheme;
    this.#server = server;
    server.on("request", (request, response) =>
      this.#answer(request, response),
    );
  }

  async start(port = 0) {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** A new key set, or another document, at a URL of its own. */
  realm(keys, name = "keys") {
    const path = `/${this.#realms.size}/${name}`;
    const { port } = this.#server.address();
    const url = `${this.#scheme}://127.0.0.1:${port}${path}`;
    const realm = new Realm(url, keys);
    this.#realms.set(path, realm);
    return realm;
  }

  /** Resolves when nobody listens any more. */
  async stop() {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  #answer(request, response) {
    const realm = this.#realms.get(request.url);
    if (realm === undefined) return response.writeHead(404).end();
    realm.requests++;
    const answer = MODES[realm.mode] ?? realm.mode;
    answer(realm, response);
  }
}
