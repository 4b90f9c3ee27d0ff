// The table's half of the protocol: one library in one process, asked in JSON lines over standard input and output.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const LONGEST_ANSWER = 60_000;

export class Driver {
  #asked = new Map();
  #child;
  #next = 0;
  #trouble = "";

  /** `command` and its arguments, run in the folder of the drivers. */
  constructor([command, ...args]) {
    const cwd = new URL("drivers/", import.meta.url);
    this.#child = spawn(command, args, { cwd, stdio: "pipe" });
    this.#child.stderr.on("data", (text) => (this.#trouble += text));
    // Writing to a process that is gone is told by its exit.
    this.#child.stdin.on("error", () => undefined);
    const lost = (why) =>
      this.#fail(
        new Error(`\`${command} ${args.join(" ")}\` ${why}\n${this.#trouble}`),
      );
    this.#child.on("error", (error) => lost(error.message));
    this.#child.on("close", (code) => lost(`ended with ${code}`));
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const { id, ...answer } = JSON.parse(line);
      this.#asked.get(id)?.resolve(answer);
      this.#asked.delete(id);
    });
  }

  /** The answer to one line. Rejects when the process dies, or says nothing for a minute. */
  ask(op, rest = {}) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const late = () =>
        reject(new Error(`no answer to \`${op}\`\n${this.#trouble}`));
      const timer = setTimeout(late, LONGEST_ANSWER).unref();
      const ended = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      this.#asked.set(id, { resolve: ended(resolve), reject: ended(reject) });
      this.#child.stdin.write(`${JSON.stringify({ id, op, ...rest })}\n`);
    });
  }

  /** Ends the process, whatever it still waits for. */
  async end() {
    this.#asked.clear();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }

  #fail(error) {
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}
