/** Names as people type them: with commas, semicolons or line breaks between, some twice. */
export function parseNames(text: string): readonly string[] {
  const names = text.split(/[,;\n]/).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}
