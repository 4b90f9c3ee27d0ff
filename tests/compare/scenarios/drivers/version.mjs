// The version of an installed package, as its own manifest says it.

import { readFileSync } from "node:fs";

export function versionOf(...names) {
  const manifest = (name) =>
    new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return Object.fromEntries(
    names.map((name) => [
      name,
      JSON.parse(readFileSync(manifest(name), "utf8")).version,
    ]),
  );
}
