// Where one verifier gets its keys: a key set, perhaps behind a discovery document, that can be broken and mended.

import { createServer as createHttps } from "node:https";

import { Issuer } from "../compare/scenarios/issuer.mjs";
import { discovery, good, status } from "./answers.mjs";
import { dig } from "./hole.mjs";

const WELL_KNOWN = ".well-known/openid-configuration";

/** One path of the server that all share; the fault is an answer. */
export class Site {
  /** What a verifier is opened with. */
  options;
  #realm;

  constructor(issuer, jwks, mode) {
    this.#realm = issuer.realm(jwks);
    this.#realm.mode = good;
    this.mode = mode;
    this.options = { url: this.#realm.url };
  }

  /** How often the server was asked for what the verifier may ask for. */
  get requests() {
    return this.#realm.requests;
  }

  /** From now on the fault. */
  break() {
    this.#realm.mode = this.mode;
  }

  mend() {
    this.#realm.mode = good;
  }

  stop() {}
}

/** The fault is a redirect to a good key set, which nobody may follow: it counts as an additional request. */
export class MovedSite extends Site {
  #elsewhere;

  constructor(issuer, jwks, code) {
    const elsewhere = issuer.realm(jwks);
    elsewhere.mode = good;
    super(issuer, jwks, status(code, { location: elsewhere.url }));
    this.#elsewhere = elsewhere;
  }

  get requests() {
    return super.requests + this.#elsewhere.requests;
  }
}

/** The fault is in the discovery document: `wrong` makes it of the right one. */
export class DiscoverySite {
  #document;
  #keys;
  #right;
  #wrong;

  constructor(issuer, jwks, wrong) {
    this.#keys = issuer.realm(jwks);
    this.#keys.mode = good;
    this.#document = issuer.realm(jwks, WELL_KNOWN);
    const name = this.#document.url.slice(0, -WELL_KNOWN.length);
    this.#right = { issuer: name, jwks_uri: this.#keys.url };
    this.#wrong = wrong(this.#right);
    this.options = { name };
    this.mend();
  }

  get requests() {
    return this.#document.requests + this.#keys.requests;
  }

  /** The known address of the key set ends too, or nobody would ask for the document again. */
  break() {
    this.#document.mode = discovery(() => this.#wrong);
    this.#keys.mode = status(500);
  }

  mend() {
    this.#document.mode = discovery(() => this.#right);
    this.#keys.mode = good;
  }

  stop() {}
}

/** A server of its own, which the fault takes away. */
export class LostSite extends Site {
  #issuer;
  #port;

  constructor(issuer, jwks) {
    super(issuer, jwks, good);
    this.#issuer = issuer;
    this.#port = Number(new URL(this.options.url).port);
  }

  static async open(jwks) {
    const issuer = new Issuer();
    await issuer.start();
    return new this(issuer, jwks);
  }

  /** Nobody listens: refused. */
  async break() {
    await this.#issuer.stop();
    return this.#port;
  }

  async mend() {
    await this.#issuer.start(this.#port);
  }

  stop() {
    return this.#issuer.stop();
  }
}

/** The same, and the port swallows what comes. */
export class SwallowedSite extends LostSite {
  #end = () => undefined;

  async break() {
    this.#end = await dig(await super.break());
  }

  async mend() {
    await this.#end();
    this.#end = () => undefined;
    await super.mend();
  }

  async stop() {
    await this.#end();
    await super.stop();
  }
}

/** A server of its own, whose certificate the fault replaces. */
export class TlsSite extends Site {
  #certificates;
  #issuer;
  #server;

  constructor(issuer, jwks, server, certificates) {
    super(issuer, jwks, good);
    this.#certificates = certificates;
    this.#issuer = issuer;
    this.#server = server;
  }

  static async open(jwks, certificates) {
    const server = createHttps(certificates.known);
    const issuer = new Issuer(server, "https");
    await issuer.start();
    return new this(issuer, jwks, server, certificates);
  }

  break() {
    this.#server.setSecureContext(this.#certificates.unknown);
  }

  mend() {
    this.#server.setSecureContext(this.#certificates.known);
  }

  stop() {
    return this.#issuer.stop();
  }
}
