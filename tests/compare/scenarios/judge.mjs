// Whether ours are at least as good as every other library, in every figure, and alike among themselves.

/**
 * `results` are `{ library, figures }`, `figures` by row and name. `conceded` are the figures in which another library
 * is known to be better: they must be, or the list is stale. Answers checks: `{ name, fault? }`.
 */
export function judge(rows, results, conceded) {
  const unused = new Set(conceded);
  const checks = rows.flatMap((row) =>
    Object.entries(row.figures).map(([name, kind]) => {
      const cells = results.map(({ library, figures }) => ({
        library,
        value: figures[row.id][name],
      }));
      return {
        name: `${row.id}: ${name}`,
        fault: faultOf({ cells, kind, name, row }, conceded, unused),
      };
    }),
  );
  const stale = [...unused].map(({ row, figure }) => ({
    name: `${row}: ${figure}`,
    fault: "it is conceded, but no library is better: take it off the list",
  }));
  return [...checks, ...stale];
}

function faultOf({ cells, kind, name, row }, conceded, unused) {
  const ours = cells.filter(({ library }) => library.ours);
  const written = ours.map(({ value }) => kind.write(value));
  if (kind.counted && new Set(written).size > 1)
    return `our hosts differ: ${written.join("; ")}`;
  const better = betterOf(cells, kind);
  if (better.length === 0) return undefined;
  const known = conceded.find(
    (entry) => entry.row === row.id && entry.figure === name,
  );
  unused.delete(known);
  const names = better.map(({ library }) => library.name);
  if (known !== undefined && names.every((other) => known.to.includes(other)))
    return undefined;
  return `better than ours: ${better.map(({ library, value }) => `${library.name} (${kind.write(value)})`).join(", ")}`;
}

/** The cells of other libraries that are better than the worst of ours. */
export function betterOf(cells, kind) {
  const worst = Math.max(
    ...cells
      .filter(({ library }) => library.ours)
      .map(({ value }) => kind.rank(value)),
  );
  return cells.filter(
    ({ library, value }) => !library.ours && kind.rank(value) < worst,
  );
}
