// Our hosts, each in a process of its own.

import { fileURLToPath } from "node:url";

// The Python in which ours is installed; `cargo xtask faults` gives it.
const interpreter = process.env.AUTHN_PYTHON ?? "python3";

const driver = (file) =>
  fileURLToPath(new URL(`drivers/${file}`, import.meta.url));

export const HOSTS = [
  { name: "Node", command: [process.execPath, driver("host.mjs")] },
  { name: "Python", command: [interpreter, "-B", driver("host.py")] },
  {
    name: "asyncio",
    command: [interpreter, "-B", driver("host.py"), "asyncio"],
  },
];
