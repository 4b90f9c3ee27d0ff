// The rules can fail: a better library, hosts that differ, a wait past a bound, a list that is stale.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answers, fewer, laterButEnded, wait } from "./figure.mjs";
import { judge } from "./judge.mjs";

const faults = (kind, cells, conceded = []) => {
  const results = cells.map(([name, value]) => ({
    library: { name, ours: name.startsWith("our") },
    figures: { row: { figure: value } },
  }));
  const rows = [{ id: "row", title: "row", figures: { figure: kind } }];
  return judge(rows, results, conceded)
    .map(({ fault }) => fault)
    .filter((fault) => fault !== undefined);
};
const concede = (...to) => [{ row: "row", figure: "figure", to, why: "" }];

test("as good as the others passes", () => {
  assert.deepEqual(
    faults(fewer, [
      ["our A", 1],
      ["our B", 1],
      ["x", 1],
    ]),
    [],
  );
});

test("a better library fails, and is named with its figure", () => {
  const found = faults(fewer, [
    ["our A", 3],
    ["our B", 3],
    ["x", 2],
    ["y", 4],
  ]);
  assert.deepEqual(found, ["better than ours: x (2)"]);
});

test("the worst of our hosts counts", () => {
  const found = faults(wait, [
    ["our A", 0.1],
    ["our B", 5],
    ["x", 3],
  ]);
  assert.deepEqual(found, ["better than ours: x (3.0 s)"]);
});

test("hosts that differ fail, even where no library is better", () => {
  const found = faults(fewer, [
    ["our A", 1],
    ["our B", 2],
    ["x", 9],
  ]);
  assert.deepEqual(found, ["our hosts differ: 1; 2"]);
});

test("waits are compared by the bound they keep", () => {
  assert.deepEqual(
    faults(wait, [
      ["our A", 1.9],
      ["our B", 0.1],
      ["x", 0.1],
    ]),
    [],
  );
  assert.equal(
    faults(wait, [
      ["our A", 3],
      ["our B", 3],
      ["x", 0.1],
    ]).length,
    1,
  );
  assert.equal(
    faults(wait, [
      ["our A", Infinity],
      ["our B", 3],
      ["x", 30],
    ]).length,
    1,
  );
});

test("an outage told as such is better than a bad token, and an answer than none", () => {
  assert.deepEqual(
    faults(answers, [
      ["our A", "outage"],
      ["x", "invalid token"],
    ]),
    [],
  );
  assert.equal(
    faults(answers, [
      ["our A", "invalid token"],
      ["x", "outage"],
    ]).length,
    1,
  );
  assert.equal(
    faults(answers, [
      ["our A", "no answer, outage"],
      ["x", "outage"],
    ]).length,
    1,
  );
});

test("accepting for ever is no merit", () => {
  assert.deepEqual(
    faults(laterButEnded, [
      ["our A", 4800],
      ["x", Infinity],
    ]),
    [],
  );
  assert.equal(
    faults(laterButEnded, [
      ["our A", 4800],
      ["x", 5100],
    ]).length,
    1,
  );
});

test("what is conceded passes, to the libraries named alone", () => {
  const cells = [
    ["our A", 3],
    ["x", 2],
  ];
  assert.deepEqual(faults(fewer, cells, concede("x")), []);
  assert.equal(faults(fewer, cells, concede("y")).length, 1);
});

test("a concession that is not needed fails", () => {
  assert.equal(
    faults(
      fewer,
      [
        ["our A", 1],
        ["x", 2],
      ],
      concede("x"),
    ).length,
    1,
  );
});
