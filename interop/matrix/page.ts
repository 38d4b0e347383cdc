/** docs/compatibility.md, made of what a full run counted and found. */
import { allCases, type Axes, type Matrix } from './cases.ts';
import { DISAGREEMENTS, type Disagreement } from './disagreements.ts';
import { MESSAGES, SIGNATURES, STREAMS } from './matrices.ts';
import type { Compared, Counted, FormRead } from './record.ts';
import { RELEASES, type Release } from './releases.ts';

export interface Findings {
  readonly counted: readonly Counted[];
  readonly forms: readonly FormRead[];
  readonly compared: readonly Compared[];
  /** Versions of what it ran with, in words. */
  readonly ranWith: string;
}

export function renderPage({ counted, forms, compared, ranWith }: Findings): string {
  return `# Compatibility

What Sotto and the official crypto library, virgil-crypto, make of each other's bytes. \`npm run interop -- --full\` writes this page
when all of it has passed; \`npm run verify\` runs the same code on a selection of the cases, in which any two values of
different axes meet. The selection also runs our providers on noble and Web Crypto; the full run takes that on node:crypto.

Run with ${ranWith}. How: [interop/README.md](../interop/README.md).

## What was run

${renderCounts(counted)}

${renderAxes()}

## Keys made by OpenSSL

Where both sides read a key, they agree on its public half. What a code means is in [reference/errors.md](reference/errors.md).

${renderForms(forms)}

## Altered messages

One message by the official library of each mode, to a key of each type, with each of its bytes altered in its lowest and in
its highest bit. Neither side gave another text for any of them. How the two decided:

${renderCompared(compared)}

After an abort the official library's WebAssembly module has to be loaded anew. What is not authenticated, and so
may change without changing the text, is in [spec/envelope.md](spec/envelope.md).
`;
}

/** The axes of each matrix, and how many cases they make. */
export function renderAxes(): string {
  return [
    renderMatrix('Messages', MESSAGES.full, [
      'A content is a number of bytes or a text beyond ASCII; the recipients are the reader and others of all types. The older',
      'mode alone has calls for a message in two parts. A reader with a longer RSA key meets the signers ED25519 and itself.',
    ]),
    renderMatrix('Streams', STREAMS.full, [
      'The official library writes or reads a stream, Sotto the message whole. Pieces are what that stream is given at a time;',
      'the seams are where head, body, footer and tags meet. The stream of the older modes has no padding.',
    ]),
    renderMatrix('Signatures', SIGNATURES.full, ['Each is also tried on other data, and refused.']),
  ].join('\n\n');
}

function renderMatrix<A extends Axes>(name: string, matrix: Matrix<A>, about: readonly string[]): string {
  const rows = Object.entries(matrix.axes).map(([axis, values]) => [axis, values.join(', ')]);
  return `### ${name}

${formatCount(allCases(matrix).length)} cases, which are all combinations that there are.
${about.join('\n')}

${table(['axis', 'values'], rows)}`;
}

function renderCounts(counted: readonly Counted[]): string {
  const whats = [...new Set(counted.map(({ what }) => what))].sort();
  const countOf = (what: string, release: Release) =>
    formatCount(sumOf(counted.filter((one) => one.what === what && one.release === release)));
  return table(
    ['traded', ...RELEASES.map((release) => `virgil-crypto ${release}`)],
    whats.map((what) => [what, ...RELEASES.map((release) => countOf(what, release))]),
  );
}

function renderForms(forms: readonly FormRead[]): string {
  return table(
    ['form', 'Sotto', 'official library'],
    forms.map(({ form, ours, theirs }) => [form, ours.includes('/') ? `\`${ours}\`` : ours, theirs]),
  );
}

function renderCompared(compared: readonly Compared[]): string {
  const counts = (isMeant: (one: Compared) => boolean) =>
    RELEASES.map((release) => formatCount(sumOf(compared.filter((one) => one.release === release && isMeant(one)))));
  const agreeing = (['refused', 'the text'] as const).map((outcome) => [
    'any',
    outcome,
    outcome,
    ...counts(({ ours, theirs }) => ours === outcome && theirs === outcome),
    '',
  ]);
  const differing = DISAGREEMENTS.map((known) => [
    known.place,
    known.ours,
    known.theirs,
    ...counts((one) => isOf(known, one)),
    known.why,
  ]);
  return table(['altered byte', 'Sotto', 'official', ...RELEASES, 'why'], [...agreeing, ...differing]);
}

function isOf(known: Disagreement, { place, ours, theirs }: Compared): boolean {
  return known.place === place && known.ours === ours && known.theirs === theirs;
}

function sumOf(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** With its columns aligned, as our formatter has them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
