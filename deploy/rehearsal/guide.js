// What a page tells an operator to type: its blocks of shell, each with the heading that it is under.

/** In their order: `{ heading, text }`. A block inside of a list loses the indentation that it has there. */
export function readBlocks(markdown) {
  const blocks = [];
  const pattern = /^#+ ([^\n]+)$|^( *)```(\w*)\n(.*?)^\2```$/gms;
  let heading = '';
  for (const [, title, indent, language, text] of markdown.matchAll(pattern)) {
    if (title !== undefined) heading = title;
    else if (language === 'sh') blocks.push({ heading, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') });
  }
  return blocks;
}
