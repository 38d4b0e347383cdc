/** `sotto fields`: JSON documents of which single fields are encrypted, one document or one a line. */
import { bytesToBase64, bytesToUtf8, utf8ToBytes } from '@sotto/core';
import { decryptFields, encryptFields, mapJsonLines, parseStrictJson, type PlainCoverage } from '@sotto/core/field';
import { nodeProvider } from '@sotto/core/node';
import { cliError } from '../errors.ts';
import { readPrivateKeyFile, readPublicKeyFile } from '../key-files.ts';
import type { StreamContext, StreamOptions } from '../streams/context.ts';
import { type Input, readWhole, withInput } from '../streams/input.ts';
import { writeOutput } from '../streams/output.ts';

interface DocumentOptions extends StreamOptions {
  readonly documentId?: string;
  /** One document a line. */
  readonly lines?: boolean;
  /** Where a document has its own id. */
  readonly idField?: string;
}

export interface EncryptFieldsOptions extends DocumentOptions {
  readonly key: string;
  readonly to: readonly string[];
  readonly field: readonly string[];
  readonly revision: number;
  readonly expires?: Date;
  /** Paths, or `all` or `none` alone; all unless given. */
  readonly coverPlain?: readonly string[];
}

export interface DecryptFieldsOptions extends DocumentOptions {
  readonly key: readonly string[];
  readonly from: string;
}

/** What becomes of a document by this id. */
type Change = (document: unknown, documentId: string) => Promise<unknown>;

export async function encryptDocument(options: EncryptFieldsOptions, context: StreamContext): Promise<void> {
  const { revision, expires: expiresAt } = options;
  const signer = await readPrivateKeyFile(options.key);
  const readers = [signer.publicKey, ...(await Promise.all(options.to.map(readPublicKeyFile)))];
  const selections = options.field.map((path) => ({ path, readers }));
  const coverage = readCoverage(options.coverPlain);
  await changeDocuments(options, context, async (document, documentId) => {
    const now = Date.now();
    const what = { document, documentId, revision, selections, signer, coverage, expiresAt, now };
    const encrypted = await encryptFields(nodeProvider, what);
    if (documentIdOf(options)(encrypted) === documentId) return encrypted;
    throw cliError(
      'cli/which-document',
      'a --field names the id of the document',
      'leave it plain: decrypting takes the id',
    );
  });
}

export async function decryptDocument(options: DecryptFieldsOptions, context: StreamContext): Promise<void> {
  const keys = await Promise.all(options.key.map(readPrivateKeyFile));
  const signers = [await readPublicKeyFile(options.from)];
  let hiddenCount = 0;
  await changeDocuments(options, context, async (document, documentId) => {
    const access = { document, documentId, keys, signers, now: Date.now() };
    const decrypted = await decryptFields(nodeProvider, access);
    hiddenCount += decrypted.hidden.length;
    return toJson(decrypted.document);
  });
  if (hiddenCount > 0 && !options.quiet) {
    context.terminal.say(
      `${hiddenCount} ${hiddenCount === 1 ? 'field is' : 'fields are'} for other readers, and left out`,
    );
  }
}

/** @throws `cli/which-document`, and what `change` throws */
async function changeDocuments(
  options: DocumentOptions,
  { signal, streams }: StreamContext,
  change: Change,
): Promise<void> {
  const { documentId, idField, lines = false, in: path, out } = options;
  const { stdin, stdout } = streams;
  const idOf = documentIdOf(options);
  if (lines && documentId !== undefined) {
    throw cliError(
      'cli/which-document',
      'each line is a document with an id of its own',
      'name where it is: --id-field PATH',
    );
  }
  if ((documentId === undefined) === (idField === undefined)) {
    throw cliError(
      'cli/which-document',
      'the id of the document is not said',
      'give one of --document-id and --id-field',
    );
  }
  await withInput({ path, stdin, signal }, (input) => {
    const texts = lines
      ? mapJsonLines(input.read(), (document) => change(document, idOf(document)))
      : changeWhole(input, (document) => change(document, idOf(document)));
    return writeOutput(toBytes(texts), { path: out, stdout, signal });
  });
}

async function* changeWhole(
  input: Input,
  change: (document: unknown) => Promise<unknown>,
): AsyncGenerator<string, void> {
  const text = bytesToUtf8(await readWhole(input, 'write one document a line, and add --lines'));
  yield `${JSON.stringify(await change(parseStrictJson(text)), undefined, 2)}\n`;
}

async function* toBytes(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array, void> {
  for await (const text of texts) yield utf8ToBytes(text);
}

function readCoverage(paths: readonly string[] = ['all']): PlainCoverage {
  const [first] = paths;
  return paths.length === 1 && (first === 'all' || first === 'none') ? first : paths;
}

/** The id that was given, or the one at the path: text, or a whole number. @throws `cli/no-document-id` */
function documentIdOf({ documentId, idField }: DocumentOptions): (document: unknown) => string {
  return (document) => {
    if (documentId !== undefined) return documentId;
    const id = valueAt(document, idField!);
    if ((typeof id === 'string' && id !== '') || Number.isSafeInteger(id)) return String(id);
    throw cliError('cli/no-document-id', `a document has no text or whole number at ${idField!}`, 'correct --id-field');
  };
}

/** Names with dots between them. */
function valueAt(document: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    return isThere ? (value as Record<string, unknown>)[name] : undefined;
  }, document);
}

/** Bytes, which JSON has not, as base64. Dates write themselves. */
function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesToBase64(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}
