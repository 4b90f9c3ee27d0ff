// The shared vectors in Node: node tests/conformance.mjs [folder of vectors]. Exits 1 on a failure, and when there is nothing
// to run.

import { bytes, digest, run, vectors } from "./conformance/runner.mjs";

const { passed, failed, verdicts } = run(process.argv[2] ?? vectors);
console.log(`module ${digest(bytes)}`);
console.log(
  `conformance node: ${passed} passed, ${failed} failed, 0 skipped, verdicts ${verdicts}`,
);
process.exitCode = failed === 0 ? 0 : 1;
