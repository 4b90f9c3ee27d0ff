// The part of docs/doctor.md that shows what the doctor says of the broken issuers.

import { readFileSync, writeFileSync } from "node:fs";

const PAGE = new URL("../../docs/doctor.md", import.meta.url);
const BETWEEN =
  /(?<=<!-- shown: node tests\/doctor\/run\.mjs --write -->\n).*?(?=<!-- end -->)/s;

/** Whether the page shows what was seen. */
export function isWritten(seen) {
  const page = readFileSync(PAGE, "utf8");
  return BETWEEN.exec(page)?.[0] === part(seen);
}

/** Makes the page show what was seen. */
export function write(seen) {
  const page = readFileSync(PAGE, "utf8");
  if (!BETWEEN.test(page))
    throw new Error("docs/doctor.md has no place for it");
  writeFileSync(
    PAGE,
    page.replace(BETWEEN, () => part(seen)),
  );
}

function part(seen) {
  const blocks = seen.map(
    ({ issuer, command, node }) =>
      `**${issuer.name}.** ${issuer.story}\n\n\`\`\`console\n$ AUTHN_TOKEN=… authn ${command}\n${node.said.trimEnd()}\n\`\`\`\n`,
  );
  return `\n${blocks.join("\n")}\n`;
}
