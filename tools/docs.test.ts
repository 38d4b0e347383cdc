// Holds the pages in docs/ to what they describe: error tables, configuration, section numbers, paths, links and examples.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AUTH_ERRORS } from '@sotto/auth';
import { CHAT_ERRORS } from '@sotto/chat';
import { CHAT_TWILIO_ERRORS } from '@sotto/chat-twilio';
import { LIMITS, SERVICE_ERRORS, type ServiceErrorName } from '@sotto/contract';
import {
  base64ToBytes,
  bytesToHex,
  CORE_ERRORS,
  hexToBytes,
  importPrivateKey,
  importPublicKey,
  keyPairFromMaterial,
  parseMessageInfo,
  sign,
  signServiceKey,
  utf8ToBytes,
} from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import { describe, expect, it } from 'vitest';
import { type CliErrorCode, cliError } from '../packages/cli/src/errors.ts';
import { createProgram } from '../packages/cli/src/program.ts';
import { BACKUP_ERRORS } from '../packages/core/src/backup/errors.ts';
import { CHAT_FORMAT_ERRORS } from '../packages/core/src/chat/errors.ts';
import { FIELD_ERRORS } from '../packages/core/src/field/errors.ts';
import { STREAM_ERRORS } from '../packages/core/src/envelope/stream-errors.ts';
import { FILE_ERRORS } from '../packages/e3kit/src/file/file-errors.ts';
import { GROUP_ERRORS } from '../packages/core/src/group/errors.ts';
import { SAFETY_ERRORS } from '../packages/core/src/safety/errors.ts';
import { SERIES_ERRORS } from '../packages/core/src/series/errors.ts';
import { AUTHOR_ERRORS } from '../packages/e3kit/src/chat/errors.ts';
import { CLIENT_ERRORS } from '../packages/e3kit/src/errors.ts';
import { KEY_ERRORS } from '../packages/e3kit/src/key-errors.ts';
import { STORAGE_ERRORS, TRANSPORT_ERRORS } from '../packages/e3kit/src/storage-errors.ts';
import { OPERATOR_ERRORS } from '../packages/service/src/operator-errors.ts';
import { serviceError } from '../packages/service/src/domain/errors.ts';
import { CORS_HEADERS } from '../packages/service/src/routes/middleware/cors.ts';
import { type StartErrorCode, startError } from '../packages/service/src/start-error.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const allFiles = filesBelow('.');
const pages = allFiles.filter((file) => file.endsWith('.md'));
const ourPages = pages.filter((page) => /^docs\/(spec|reference)\//.test(page));
const sources = allFiles.filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts'));

interface ErrorLine {
  readonly code: string;
  readonly family: string;
  readonly number?: string;
  readonly status?: string;
}

type ErrorTable = Readonly<Record<string, { readonly family: string; readonly status?: number }>>;

describe('docs/reference/errors.md', () => {
  const tables = readTables('docs/reference/errors.md');
  const onPage = (section: string): ErrorLine[] =>
    tables
      .filter((row) => row.section === section && 'code' in row.cells)
      .map(({ cells: { code, family, number, status } }) => withoutBlanks({ code, family, number, status }));

  it.each([
    [
      '@sotto/core',
      linesOf({
        ...CORE_ERRORS,
        ...BACKUP_ERRORS,
        ...SAFETY_ERRORS,
        ...GROUP_ERRORS,
        ...STREAM_ERRORS,
        ...FIELD_ERRORS,
        ...SERIES_ERRORS,
        ...CHAT_FORMAT_ERRORS,
      }),
    ],
    [
      '@sotto/e3kit',
      linesOf({
        ...CLIENT_ERRORS,
        ...KEY_ERRORS,
        ...FILE_ERRORS,
        ...AUTHOR_ERRORS,
        ...STORAGE_ERRORS,
        ...TRANSPORT_ERRORS,
      }),
    ],
    ['@sotto/chat', linesOf(CHAT_ERRORS)],
    ['@sotto/chat-twilio', linesOf(CHAT_TWILIO_ERRORS)],
    ['@sotto/auth', linesOf(AUTH_ERRORS)],
    ['@sotto/service', [...serviceLines(), ...startLines(), ...linesOf(OPERATOR_ERRORS)]],
    ['@sotto/cli', cliLines()],
  ])('has each error of %s once, and no other', (section, expected) => {
    expect(byCode(onPage(section))).toEqual(byCode(expected));
  });

  it('has no table beside those', () => {
    const packages = ['core', 'e3kit', 'chat', 'chat-twilio', 'auth', 'service', 'cli'].map((name) => `@sotto/${name}`);
    const other = tables.filter((row) => 'code' in row.cells && !packages.includes(row.section));
    expect(other).toEqual([]);
  });
});

describe('docs/reference/configuration.md', () => {
  const rows = readTables('docs/reference/configuration.md');
  const column = (name: string, section: RegExp): string[] =>
    rows.filter((row) => section.test(row.section) && name in row.cells).map(({ cells }) => cells[name]!);

  it.each([
    ['packages/service/src/config.ts', /^1\./],
    ['packages/auth/src/env.ts', /^2\./],
  ])('has each variable that %s reads, and no other', (file, section) => {
    const read = new Set([...readText(file).matchAll(/'([A-Z]+_[A-Z_]+)'/g)].map(([, name]) => name));
    expect(column('variable', section).sort()).toEqual([...read].sort());
  });

  it('has each option of EThree.initialize, and no other', () => {
    const declaration = /export interface EThreeOptions \{(.*?)\n\}/s.exec(
      readText('packages/e3kit/src/open-session.ts'),
    )!;
    const options = [...declaration[1]!.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name]) => name);
    expect(column('option', /^3\. /).sort()).toEqual(options.sort());
  });

  it('has each option of the command, and no other', () => {
    let command = '';
    const onPage = rows
      .filter(({ cells }) => 'command' in cells)
      .map(({ cells }) => {
        command = cells['command'] || command;
        return `${command} ${cells['option']}`;
      })
      .filter((line) => line.includes(' --'));
    expect(onPage.map((line) => line.replace(/ <.*/, '')).sort()).toEqual(commandLines().sort());
  });
});

describe('docs/spec/service.md', () => {
  const text = readText('docs/spec/service.md');

  it('has the limits that the service publishes', () => {
    const example = /```json\n(\{\n {2}"service".*?)```/s.exec(text)!;
    expect((JSON.parse(example[1]!) as { limits: unknown }).limits).toEqual(LIMITS);
  });

  it('has the headers for pages', () => {
    for (const [name, value] of Object.entries(CORS_HEADERS)) expect(text).toContain(`\n${name}: ${value}\n`);
  });

  it('has each code that is served under its status', () => {
    const onPage = readTables('docs/spec/service.md')
      .filter(({ cells }) => 'codes' in cells)
      .flatMap(({ cells: { status, codes } }) => expandCodes(codes!).map((code) => `${status} ${code}`));
    // Those of applications are thrown to the command alone.
    const served = Object.values(SERVICE_ERRORS).filter(({ code }) => code < 72000);
    expect(onPage.sort()).toEqual([...new Set(served.map(({ status, code }) => `${status} ${code}`))].sort());
  });
});

describe('what comments say of docs/', () => {
  it.each(sources.filter((file) => namesOfDocs(commentsIn(readText(file))).length > 0))('%s', (file) => {
    const lost = namesOfDocs(commentsIn(readText(file))).filter(({ path, sections }) => !isThere(path, sections));
    expect(lost).toEqual([]);
  });
});

describe('links in', () => {
  it.each(pages)('%s lead somewhere', (page) => {
    const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const lost = links.filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [path, anchor] = target.split('#') as [string, string?];
      const file = path === '' ? page : relative(root, join(root, dirname(page), path));
      return !existsSync(join(root, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
    expect(lost).toEqual([]);
  });
});

describe('the pages of spec and reference', () => {
  it.each(ourPages)('%s names paths and sections that there are', (page) => {
    const text = readText(page);
    const paths = [...text.matchAll(/`((?:packages|docs|vectors|examples)\/[^`\s]*)`/g)].flatMap(([, path]) =>
      expandBraces(path!),
    );
    expect(paths.filter((path) => !existsSync(join(root, path.replace(/\/?[^/]*\*.*$/, ''))))).toEqual([]);

    const sections = [...text.matchAll(/([\w-]+\.md)\)? §(\d+(?:\.\d+)*)/g)];
    const lost = sections.filter(([, name, section]) => {
      const file = ['docs/spec', 'docs/reference']
        .map((folder) => `${folder}/${name}`)
        .find((path) => pages.includes(path));
      return file === undefined || !isThere(file, [section!]);
    });
    expect(lost.map(([reference]) => reference)).toEqual([]);
  });
});

describe('the examples of docs/spec', () => {
  const { keys, vectors } = JSON.parse(readText('vectors/formats/known-answers.json')) as {
    keys: { name: string; keyMaterial: string; privateKey: string; publicKey: string }[];
    vectors: { name: string; output: string }[];
  };
  const rowOf = (name: string) => keys.find((key) => key.name === name)!;
  const importAlice = () => importPrivateKey(nodeProvider, base64ToBytes(rowOf('alice').privateKey));
  const hexOf = (page: string) => readText(`docs/spec/${page}`).replace(/\s/g, '');

  it('are computed: keys.md', async () => {
    const material = base64ToBytes(rowOf('alice').keyMaterial);
    const { privateKey, publicKey } = await keyPairFromMaterial(nodeProvider, material);
    const page = hexOf('keys.md');
    for (const bytes of [material, privateKey.exportDer().slice(-32), publicKey.exportDer()]) {
      expect(page).toContain(bytesToHex(bytes));
    }
    expect(page).toContain(`identifier${bytesToHex(publicKey.identifier)}`);
    expect(page).toContain(`SHA-256${bytesToHex(publicKey.identifierSha256)}`);
  });

  it('are computed: signature.md', async () => {
    const signature = await sign(nodeProvider, await importAlice(), utf8ToBytes('a'));
    expect(hexOf('signature.md')).toContain(bytesToHex(signature));
  });

  it('are computed: card.md', async () => {
    const next = importPublicKey(base64ToBytes(rowOf('bob').publicKey));
    const signature = await signServiceKey(nodeProvider, await importAlice(), next);
    expect(hexOf('card.md')).toContain(bytesToHex(signature));
    expect(hexOf('card.md')).toContain(
      bytesToHex(utf8ToBytes('sotto-service-key-v1\0')) + bytesToHex(next.exportDer()),
    );
  });

  it('are computed: envelope.md', async () => {
    const message = base64ToBytes(vectors.find(({ name }) => name === 'encrypt alice one (5.1.2)')!.output);
    const { info, length } = parseMessageInfo(message);
    const key = hexToBytes(/content key +\| `([0-9a-f]{64})`/.exec(readText('docs/spec/envelope.md'))![1]!);
    const text = await nodeProvider.decryptBody({ key, nonce: info.nonce }, message.subarray(length));
    expect(text).toEqual(utf8ToBytes('a'));
  });
});

// --- what the code has ----------------------------------------------------------------------------------------------

function linesOf(table: ErrorTable): ErrorLine[] {
  return Object.entries(table).map(([code, { family, status }]) =>
    withoutBlanks({ code, family, status: status?.toString() }),
  );
}

function serviceLines(): ErrorLine[] {
  return (Object.keys(SERVICE_ERRORS) as ServiceErrorName[]).map((name) => {
    const { code: number, status } = SERVICE_ERRORS[name];
    return { code: name, family: serviceError(name).family, number: `${number}`, status: `${status}` };
  });
}

/** Codes that are a type alone, and so only in the text. */
function startLines(): ErrorLine[] {
  const [, union] = /type StartErrorCode =\s+([^;]+);/.exec(readText('packages/service/src/start-error.ts'))!;
  return [...union!.matchAll(/'([^']+)'/g)].map(([, code]) => ({
    code: code!,
    family: startError(code as StartErrorCode, '').family,
  }));
}

function cliLines(): ErrorLine[] {
  return [...readText('packages/cli/src/errors.ts').matchAll(/^ {2}'([^']+)':/gm)].map(([, code]) => ({
    code: code!,
    family: cliError(code as CliErrorCode, '', '').family,
  }));
}

function commandLines(): string[] {
  const walk = (command: ReturnType<typeof createProgram>, name: string): string[] => [
    ...command.options.map(({ long }) => `${name} ${long}`),
    ...command.commands.flatMap((child) => walk(child, `${name} ${child.name()}`)),
  ];
  return walk(createProgram({ result: () => {}, say: () => {} }), 'sotto');
}

// --- what the pages have --------------------------------------------------------------------------------------------

interface TableRow {
  /** Heading of the second level above it, without marks. */
  readonly section: string;
  /** Text of each cell by the name of its column, without backticks. */
  readonly cells: Readonly<Record<string, string>>;
}

function readTables(page: string): TableRow[] {
  const rows: TableRow[] = [];
  let section = '';
  let columns: string[] | undefined;
  for (const line of readText(page).split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3).replaceAll('`', '');
    if (!line.startsWith('|')) columns = undefined;
    else if (columns === undefined) columns = cellsOf(line);
    else if (!/^[| -]+$/.test(line)) {
      const cells = cellsOf(line);
      rows.push({ section, cells: Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])) });
    }
  }
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''));
}

function withoutBlanks(line: Record<string, string | undefined>): ErrorLine {
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value)) as unknown as ErrorLine;
}

function byCode(lines: readonly ErrorLine[]): ErrorLine[] {
  return lines.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

/** Whether there is such a file or folder, and in it, a page, each of the numbered sections. */
function isThere(path: string, sections: readonly string[]): boolean {
  if (!existsSync(join(root, path))) return false;
  if (sections.length === 0) return true;
  const numbers = [...readText(path).matchAll(/^#+ (\d+(?:\.\d+)*)[. ]/gm)].map(([, number]) => number);
  return sections.every((section) => numbers.includes(section));
}

/** `docs/spec/envelope.md §2–3` and the like; of a range, both ends. */
function namesOfDocs(text: string): { path: string; sections: string[] }[] {
  const names = text.matchAll(/(?<![\w./-])(docs\/[\w./-]*\w)((?:(?: |, | and )?§\d+(?:\.\d+)*(?:–\d+(?:\.\d+)*)?)*)/g);
  return [...names].map(([, path, tail]) => ({
    path: path!,
    sections: [...tail!.matchAll(/\d+(?:\.\d+)*/g)].map(([section]) => section),
  }));
}

/** Each comment on one line, so that what is broken over two is found. */
function commentsIn(source: string): string {
  const comments = source.match(/\/\*[\s\S]*?\*\/|\/\/.*/g) ?? [];
  return comments.map((comment) => comment.replace(/\s*\n\s*\*?\s*/g, ' ')).join('\n');
}

/** The page without code. */
function proseOf(page: string): string {
  return readText(page)
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`(?!\])/g, '');
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...readText(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** "20303, 71000 to 71012" as the numbers that it stands for. */
function expandCodes(text: string): number[] {
  return [...text.matchAll(/(\d{5})(?: to (\d{5}))?/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index),
  );
}

function expandBraces(path: string): string[] {
  const match = /^(.*)\{(.*)\}(.*)$/.exec(path);
  return match ? match[2]!.split(',').map((part) => match[1]! + part + match[3]!) : [path];
}

// --- files ----------------------------------------------------------------------------------------------------------

function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Paths from the root of what is ours: no dependencies, no build, nothing hidden. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || ['node_modules', 'dist', 'coverage', 'testdata'].includes(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
