// Where the provider keeps sessions, codes and grants: memory. One store outlives the restarts that
// a key rotation takes.

/** An adapter factory as oidc-provider wants it. Entries end with the demo, so none expires here. */
export function memoryStore() {
  const entries = new Map();
  return (model) => new Shelf(entries, model);
}

class Shelf {
  #entries;
  #model;

  constructor(entries, model) {
    this.#entries = entries;
    this.#model = model;
  }

  async upsert(id, payload) {
    this.#entries.set(`${this.#model}:${id}`, payload);
  }

  async find(id) {
    return this.#entries.get(`${this.#model}:${id}`);
  }

  async findByUid(uid) {
    return this.#first((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode) {
    return this.#first((payload) => payload.userCode === userCode);
  }

  async consume(id) {
    (await this.find(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.#entries.delete(`${this.#model}:${id}`);
  }

  async revokeByGrantId(grantId) {
    for (const [key, payload] of this.#entries) {
      if (payload.grantId === grantId) this.#entries.delete(key);
    }
  }

  #first(matches) {
    for (const [key, payload] of this.#entries) {
      if (key.startsWith(`${this.#model}:`) && matches(payload)) return payload;
    }
    return undefined;
  }
}
