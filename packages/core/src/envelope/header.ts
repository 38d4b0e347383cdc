/**
 * The head of a message, `messageInfo`: who can open it, with which algorithms, and what follows it. Written exactly as the
 * official clients write it, in which lengths and orders are part of the bytes. Source: docs/spec/envelope.md §1.
 */
import { bytesToUtf8, compareBytes, utf8ToBytes } from '../encoding/bytes.ts';
import { contextTag, DerReader, der, derInteger, derOctets, derSequence, derSetOf, TAG } from '../encoding/der.ts';
import { hexToBytes } from '../encoding/text.ts';
import { coreError, isSdkError } from '../errors.ts';
import { HASH_ALGORITHM } from '../keys/algorithms.ts';
import type { HashName } from '../provider/port.ts';
import { readHashAlgorithm } from '../signature/signature.ts';

/** What a head may be long: some 16,000 recipients. */
export const MAX_HEADER_LENGTH = 4 * 1024 * 1024;

export interface RecipientEntry {
  /** Identifier of the recipient's key, 8 or 32 bytes. */
  readonly identifier: Uint8Array;
  /** AlgorithmIdentifier of the recipient's key. */
  readonly algorithm: Uint8Array;
  readonly encryptedKey: Uint8Array;
}

export interface FooterInfo {
  /** Bytes of plaintext under GCM, padding included. The body is 16 bytes longer. */
  readonly dataSize: number;
  /** The hash that the signature in the footer is over. */
  readonly signedHash?: HashName | undefined;
}

export interface MessageInfo {
  readonly recipients: readonly RecipientEntry[];
  /** GCM nonce, 12 bytes. */
  readonly nonce: Uint8Array;
  /** Values that anybody could have changed; null for one that is no byte string. */
  readonly customParams: ReadonlyMap<string, Uint8Array | null>;
  /** Whether content key and nonce are derived from the wrapped key. */
  readonly isDerived: boolean;
  readonly footer?: FooterInfo | undefined;
  readonly isPadded: boolean;
}

const OID_ENVELOPED_DATA = hexToBytes('06092a864886f70d010703');
const OID_DATA = hexToBytes('06092a864886f70d010701');
const OID_AES_256_GCM = hexToBytes('060960864801650304012e');
const KDF_ALGORITHM = hexToBytes('300d060b2a864886f70d010910031e');
const PADDING_ALGORITHM = hexToBytes('300c060a2b0601040183ac1b0103');

/** The bytes that the body of a signed message is bound to: the hash of its signature. */
export function encodeSignedDataInfo(hash: HashName): Uint8Array {
  return derSequence(derInteger(0), HASH_ALGORITHM[hash]);
}

/** @throws `envelope/too-large` */
export function encodeMessageInfo(info: MessageInfo): Uint8Array {
  const contentInfo = derSequence(OID_DATA, derSequence(OID_AES_256_GCM, derOctets(info.nonce)));
  const enveloped = derSequence(derInteger(2), derSetOf(info.recipients.map(encodeRecipient)), contentInfo);
  const fields = [derInteger(versionOf(info)), derSequence(OID_ENVELOPED_DATA, der(contextTag(0), enveloped))];
  if (info.customParams.size > 0) {
    const params = [...info.customParams].map(([key, value]) =>
      derSequence(der(TAG.utf8String, utf8ToBytes(key)), der(contextTag(2), derOctets(value!))),
    );
    fields.push(der(contextTag(0), derSetOf(params)));
  }
  if (info.isDerived) fields.push(der(contextTag(1), KDF_ALGORITHM));
  if (info.footer) fields.push(der(contextTag(2), encodeFooterInfo(info.footer)));
  if (info.isPadded) fields.push(der(contextTag(3), PADDING_ALGORITHM));
  const encoded = derSequence(...fields);
  if (encoded.length > MAX_HEADER_LENGTH) throw coreError('envelope/too-large');
  return encoded;
}

/** The head and where it ends. @throws `envelope/malformed`, `envelope/unsupported` */
export function parseMessageInfo(message: Uint8Array): { info: MessageInfo; length: number } {
  try {
    const whole = new DerReader(message);
    const element = whole.element(TAG.sequence);
    if (element.length > MAX_HEADER_LENGTH) throw coreError('envelope/malformed');
    return { info: readMessageInfo(new DerReader(element).enter(TAG.sequence)), length: element.length };
  } catch (error) {
    if (isSdkError(error) && !error.code.startsWith('encoding/')) throw error;
    throw coreError('envelope/malformed', { cause: error });
  }
}

function versionOf(info: Pick<MessageInfo, 'isPadded' | 'isDerived' | 'footer'>): number {
  if (info.isPadded) return 3;
  if (info.isDerived) return info.footer ? 2 : 1;
  return 0;
}

function encodeRecipient({ identifier, algorithm, encryptedKey }: RecipientEntry): Uint8Array {
  return derSequence(derInteger(2), der(contextTag(0), derOctets(identifier)), algorithm, derOctets(encryptedKey));
}

function encodeFooterInfo({ dataSize, signedHash }: FooterInfo): Uint8Array {
  const signed = signedHash ? [der(contextTag(0), encodeSignedDataInfo(signedHash))] : [];
  return derSequence(derInteger(0), derInteger(dataSize), ...signed);
}

function readMessageInfo(fields: DerReader): MessageInfo {
  const version = fields.integer();
  const cms = fields.enter(TAG.sequence);
  expect(cms.element(TAG.oid), OID_ENVELOPED_DATA);
  const enveloped = readEnveloped(enterOnly(cms, contextTag(0)));
  const customParams = readOptional(fields, 0, TAG.set, readCustomParams) ?? new Map<string, never>();
  const isDerived = readOptional(fields, 1, TAG.sequence, (algorithm) => expectOid(algorithm, KDF_ALGORITHM)) ?? false;
  const footer = readOptional(fields, 2, TAG.sequence, readFooterInfo);
  const isPadded =
    readOptional(fields, 3, TAG.sequence, (algorithm) => expectOid(algorithm, PADDING_ALGORITHM)) ?? false;
  // Fields of later versions may follow; they are ignored, as the original does.
  const info = { ...enveloped, customParams, isDerived, footer, isPadded };
  if (version !== versionOf(info) || (footer && !isDerived)) throw coreError('envelope/unsupported');
  return info;
}

function readEnveloped(enveloped: DerReader): Pick<MessageInfo, 'recipients' | 'nonce'> {
  if (enveloped.integer() !== 2) throw coreError('envelope/unsupported'); // 3 would announce passwords
  const set = enveloped.enter(TAG.set);
  const recipients: RecipientEntry[] = [];
  while (!set.isAtEnd) recipients.push(readRecipient(set.enter(TAG.sequence)));
  const content = enveloped.enter(TAG.sequence);
  expect(content.element(TAG.oid), OID_DATA);
  const cipher = content.enter(TAG.sequence);
  expect(cipher.element(TAG.oid), OID_AES_256_GCM);
  const nonce = cipher.read(TAG.octetString);
  cipher.end();
  content.end();
  enveloped.end();
  if (nonce.length !== 12) throw coreError('envelope/malformed');
  return { recipients, nonce };
}

function readRecipient(entry: DerReader): RecipientEntry {
  if (entry.integer() !== 2) throw coreError('envelope/unsupported');
  const rid = entry.enter(contextTag(0));
  const identifier = rid.read(TAG.octetString);
  rid.end();
  const algorithm = entry.element(TAG.sequence);
  const encryptedKey = entry.read(TAG.octetString);
  entry.end();
  return { identifier, algorithm, encryptedKey };
}

function readCustomParams(set: DerReader): Map<string, Uint8Array | null> {
  const params = new Map<string, Uint8Array | null>();
  while (!set.isAtEnd) {
    const pair = set.enter(TAG.sequence);
    const key = bytesToUtf8(pair.read(TAG.utf8String));
    const isBytes = pair.peek() === contextTag(2);
    const value = isBytes ? readOctetsIn(pair) : null;
    if (!params.has(key)) params.set(key, value); // of two with one name the first counts
  }
  return params;
}

function readOctetsIn(pair: DerReader): Uint8Array {
  const value = pair.enter(contextTag(2));
  const bytes = value.read(TAG.octetString);
  value.end();
  pair.end();
  return bytes;
}

function readFooterInfo(fields: DerReader): FooterInfo {
  if (fields.integer() !== 0) throw coreError('envelope/unsupported');
  const dataSize = fields.integer();
  const signedHash = readOptional(fields, 0, TAG.sequence, (signed) => {
    if (signed.integer() !== 0) throw coreError('envelope/unsupported');
    return readHashAlgorithm(signed.element(TAG.sequence));
  });
  return { dataSize, signedHash };
}

/** What stands in the optional field `[number]`, if it is there. */
function readOptional<T>(
  fields: DerReader,
  number: number,
  tag: number,
  read: (content: DerReader) => T,
): T | undefined {
  if (fields.peek() !== contextTag(number)) return undefined;
  const field = fields.enter(contextTag(number));
  const result = read(field.enter(tag));
  field.end();
  return result;
}

function enterOnly(parent: DerReader, tag: number): DerReader {
  const field = parent.enter(tag);
  const content = field.enter(TAG.sequence);
  field.end();
  parent.end();
  return content;
}

/** That an AlgorithmIdentifier names the expected algorithm; a NULL beside it is tolerated, as by the original. */
function expectOid(algorithm: DerReader, expected: Uint8Array): true {
  expect(algorithm.element(TAG.oid), expected.subarray(2));
  if (algorithm.peek() === TAG.null) algorithm.read(TAG.null);
  algorithm.end();
  return true;
}

function expect(found: Uint8Array, expected: Uint8Array): void {
  if (compareBytes(found, expected) !== 0) throw coreError('envelope/unsupported');
}
