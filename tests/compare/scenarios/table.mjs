// The table as Markdown, its columns lined up: the same on a terminal and on the page.

import { betterOf } from "./judge.mjs";

/** Marks a figure that is better than ours. */
export const BETTER = "▲";

/** The lines of the table, each with the kind of its figure; head and rule have none. */
export function tableLines(rows, results) {
  const head = [
    "scenario",
    "figure",
    ...results.map(({ library }) => library.name),
  ];
  const body = rows.flatMap((row) =>
    Object.entries(row.figures).map(([name, kind], index) => ({
      kind,
      cells: [
        index === 0 ? row.title : "",
        name,
        ...cellsOf(row, name, kind, results),
      ],
    })),
  );
  const widths = head.map((word, column) =>
    Math.max(word.length, ...body.map(({ cells }) => cells[column].length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [
    { text: line(head) },
    { text: line(rule) },
    ...body.map(({ cells, kind }) => ({ kind, text: line(cells) })),
  ];
}

function cellsOf(row, name, kind, results) {
  const cells = results.map(({ library, figures }) => ({
    library,
    value: figures[row.id][name],
  }));
  const better = betterOf(cells, kind);
  return cells.map(
    (cell) =>
      kind.write(cell.value) + (better.includes(cell) ? ` ${BETTER}` : ""),
  );
}
