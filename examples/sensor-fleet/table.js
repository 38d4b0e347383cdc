/** Rows as lines of text, in columns. */
export function toTable(rows) {
  const head = Object.keys(rows[0]);
  const lines = [head, ...rows.map((row) => Object.values(row))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const toLine = (line) => line.map((cell, column) => cell.padEnd(widths[column])).join('  ');
  return lines.map((line) => toLine(line).trimEnd()).join('\n');
}
