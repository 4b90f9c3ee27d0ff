// Answers → what docs/migration-verdicts.md and the summary in docs/migration.md say.

const PEERS = ["jsonwebtoken", "jose", "PyJWT", "python-jose"];
const ALL_SAME = "";

export function verdictsPage({ cases, left, answers, versions }) {
  const rows = cases.map((one, index) => ({ ...one, answers: answers[index] }));
  const stricter = rows.filter((row) => row.ours === "refused" && has(row, "accepted"));
  const wider = rows.filter((row) => row.ours === "accepted" && (has(row, "refused") || has(row, "broke")));
  const broken = rows.filter((row) => row.ours === "refused" && has(row, "broke"));
  return `# Tokens whose verdict changes

Measured, not guessed: written by \`node tests/compare/peers/run.mjs --write\`, and compared with a new measurement by \`cargo xtask compare\`. Each
library is configured as its documentation shows, with the same issuer, audience, algorithms, leeway and keys, and asked at
the time of the case: ${PEERS.map((name) => `${name} ${versions[name]}`).join(", ")} (key sets for jsonwebtoken through jwks-rsa
${versions["jwks-rsa"]}), under
${runtimes(versions)}. The cases are those of [tests/vectors](../tests/vectors/). A token with a fault in its header
or claims carries a valid signature there: it is the mistake of an issuer that is trusted, unless the library looks at the
fault before the signature.

Of ${cases.length + left.cases} cases ${cases.length} could be put to another library. Left out are those about when keys may be fetched, several issuers in one
policy, the \`Authorization\` header, and rules that only this package has. An empty cell: the same verdict. \`–\`: not asked, the library has
no option for a rule of the case.

${summary(rows)}

## Accepted before, refused now

${table(stricter, "code now", codeNow, "accepted")}

## Refused before, accepted now

\`500\` marks an error outside of the library's documented family, which an app that catches the family answers with a 500.

${table(wider, "", undefined, "refused")}

## A server error before, refused now

The verdict is the same; the answer is not: the library throws an error outside of its documented family. That is a 500 where nothing else
catches it, or, thrown inside jsonwebtoken's callback for the key, the end of the process. Now it is a 401 with a code.

${table(broken, "code now", codeNow, "broke")}
`;
}

function runtimes({ node, python, cryptography }) {
  return `Node ${node}, Python ${python}, cryptography ${cryptography}`;
}

export function summaryOf({ cases, answers }) {
  return summary(cases.map((one, index) => ({ ...one, answers: answers[index] })));
}

function summary(rows) {
  const count = (peer, test) => rows.filter((row) => test(row.ours, row.answers[peer])).length;
  const line = (title, test) => `| ${title} | ${PEERS.map((peer) => count(peer, test)).join(" | ")} |`;
  return [
    `| cases | ${PEERS.join(" | ")} |`,
    `|---|${PEERS.map(() => "--:").join("|")}|`,
    line("compared", (ours, theirs) => theirs !== "not asked"),
    line("same verdict", (ours, theirs) => theirs === ours || (ours === "refused" && theirs === "broke")),
    line("accepted before, refused now", (ours, theirs) => ours === "refused" && theirs === "accepted"),
    line("refused before, accepted now", (ours, theirs) => ours === "accepted" && ["refused", "broke"].includes(theirs)),
    line("a server error before, refused now", (ours, theirs) => ours === "refused" && theirs === "broke"),
  ].join("\n");
}

function table(rows, title, detail, shown) {
  const columns = ["case", "token", ...(detail ? [title] : []), ...PEERS];
  const sorted = detail ? [...rows].sort((a, b) => compare(detail(a), detail(b)) || compare(a.id, b.id)) : rows;
  return [
    `| ${columns.join(" | ")} |`,
    `|${columns.map(() => "---").join("|")}|`,
    ...sorted.map((row) => {
      const cells = PEERS.map((peer) => cell(row.answers[peer], shown));
      return `| ${[`\`${row.id}\``, plain(row.comment), ...(detail ? [detail(row)] : []), ...cells].join(" | ")} |`;
    }),
  ].join("\n");
}

function cell(answer, shown) {
  if (answer === "not asked") return "–";
  if (answer === "broke") return shown === "accepted" ? ALL_SAME : "500";
  return answer === shown ? answer : ALL_SAME;
}

function codeNow({ code, reason, claim }) {
  const detail = [claim, reason].filter(Boolean).map((word) => `\`${word}\``);
  return [`[${code}](errors.md#${code.toLowerCase()})`, ...detail].join(" ");
}

function has(row, answer) {
  return PEERS.some((peer) => row.answers[peer] === answer);
}

function plain(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}
