// The table, within 100 columns, and the colours of a terminal.

const WIDTHS = [37, 26, 26, 5];
const STYLES = { bad: 31, dim: 2, good: 32, strong: 1 };

/** The head of the table, two lines. */
export function head(cells, paint) {
  const rule = WIDTHS.map((width) => '─'.repeat(width)).join('  ');
  return `${paint('strong', columns(cells).trimEnd())}\n${paint('dim', rule)}`;
}

/** One line of the table; `good` says whether its last cell is welcome. */
export function line(cells, good, paint) {
  return `${columns(cells.slice(0, -1))}  ${paint(good ? 'good' : 'bad', cells.at(-1))}`;
}

/** A painter for a stream: escape sequences on a terminal (unless NO_COLOR is set), else nothing. */
export function painter(stream) {
  const colour = stream.isTTY === true && !process.env.NO_COLOR;
  return (style, text) => (colour ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text);
}

function columns(cells) {
  return cells.map((cell, i) => cell.padEnd(WIDTHS[i])).join('  ');
}
