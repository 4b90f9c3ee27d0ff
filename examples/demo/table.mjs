// The table, within 100 columns, and the colours of a terminal.

const WIDTHS = [37, 26, 26, 5];
const STYLES = { bad: 31, dim: 2, good: 32, strong: 1 };

/** The lines of the table. A row has four cells, and `good` says whether its last one is welcome. */
export function table(head, rows, paint) {
  const rule = WIDTHS.map((width) => '─'.repeat(width)).join('  ');
  const body = rows.map(({ cells, good }) => {
    const [last, ...rest] = [...cells].reverse();
    return `${columns(rest.reverse())}  ${paint(good ? 'good' : 'bad', last)}`;
  });
  return [paint('strong', columns(head)), paint('dim', rule), ...body];
}

/** A painter for a stream: escape sequences on a terminal (unless NO_COLOR is set), else nothing. */
export function painter(stream) {
  const colour = stream.isTTY === true && !process.env.NO_COLOR;
  return (style, text) => (colour ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text);
}

function columns(cells) {
  return cells.map((cell, i) => cell.padEnd(WIDTHS[i])).join('  ');
}
