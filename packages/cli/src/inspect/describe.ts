/** A finding in words: what it is on the first line, then a line for each fact. */
import {
  type Document,
  type Finding,
  LACKS,
  type Lack,
  type Message,
  type NamedKey,
  type TextSize,
} from './finding.ts';

/** Facts by their name; of several, each gets a line. */
type Facts = readonly (readonly [name: string, ...values: string[]])[];

interface Description {
  readonly title: string;
  readonly facts: Facts;
}

/** Of lists that may be long, so much is shown. */
const SHOWN = 20;
const NAME_WIDTH = 9;

export function describeFinding(finding: Finding): string {
  const { title, facts } = describe(finding);
  const lines = facts.flatMap(([name, ...values]) =>
    values.map((value, index) => `${(index === 0 ? name : '').padEnd(NAME_WIDTH)}${value}`),
  );
  return [title, ...lines].join('\n');
}

function describe(finding: Finding): Description {
  switch (finding.kind) {
    case 'private key':
    case 'group ticket':
    case 'key store entry':
    case 'token':
      return { title: `${finding.kind}: a secret, of which nothing is shown; keep it to yourself`, facts: [] };
    case 'public key':
      return {
        title: `public key of type ${finding.type}`,
        facts: [
          ['id', nameOf(finding)],
          ['for', usesOf(finding)],
        ],
      };
    case 'signature':
      return { title: `signature over a ${finding.hash} digest`, facts: [['by', 'the name of the key is not in it']] };
    case 'message':
      return describeMessage(finding);
    case 'group message':
      return {
        title: `message of a group, epoch ${finding.epoch}`,
        facts: [
          ['group', finding.sessionId],
          ['by', 'signed; the name of the key is not in it'],
          ['size', bytes(finding.size)],
          lacks(finding.lacks),
        ],
      };
    case 'series frame':
      return {
        title: `frame of a sealed series, by its first byte: ${finding.frame}`,
        facts: [
          ...(finding.sessionTag === undefined ? [] : [['session', finding.sessionTag] as const]),
          ...(finding.readers ? [['for', ...shown(finding.readers.map(nameOf))] as const] : []),
          ['size', bytes(finding.size)],
        ],
      };
    case 'document with encrypted fields':
      return describeDocument(finding);
    case 'card':
      return {
        title: `card of ${plain(finding.identity)}, not verified here`,
        facts: [
          ['id', finding.id],
          ['key', `${nameOf(finding.key)} of type ${finding.key.type}`],
          ['made', finding.createdAt],
          ...(finding.previousCardId === undefined ? [] : [['replaces', finding.previousCardId] as const]),
          ['signed', ...shown(finding.signers.map((signer) => `by ${plain(signer)}, as it says`))],
        ],
      };
  }
}

const MODES: Readonly<Record<Message['mode'], string>> = {
  encrypt: 'message without a signature (mode encrypt)',
  signThenEncrypt: 'message in the format of 2019 (mode signThenEncrypt)',
  signAndEncrypt: 'signed message (mode signAndEncrypt)',
};

function describeMessage(message: Message): Description {
  const { mode, readers, text, isPadded, size, isCutOff } = message;
  return {
    title: MODES[mode] + (isCutOff ? ', cut off before its end' : ''),
    facts: [
      ['for', ...shown(readers.length === 0 ? ['nobody'] : readers.map(nameOf))],
      ['by', signerOf(message)],
      [
        'text',
        text ? `${range(text)}, ${isPadded ? 'padded' : 'not padded'}` : 'of unknown size: the end was not read',
      ],
      ...(size === undefined ? [] : [['size', bytes(size)] as const]),
      lacks(message.lacks),
    ],
  };
}

function signerOf({ mode, signer }: Message): string {
  if (signer) return `${nameOf(signer)}, as it says in clear`;
  if (mode === 'encrypt') return 'anybody';
  return mode === 'signAndEncrypt' ? 'shown to readers alone' : 'signed; no name is in it';
}

function describeDocument({ revision, expiresAt, fields, readers, lacks: lacking }: Document): Description {
  return {
    title: `document with encrypted fields, revision ${revision}`,
    facts: [
      ...(expiresAt === undefined ? [] : [['expires', plain(expiresAt)] as const]),
      [
        'fields',
        ...shown(
          fields.map(({ pointer, bytes: size, readers: set }) => `${plain(pointer)}  ${bytes(size)}, set ${set}`),
        ),
      ],
      ...readers.map((keys, set) => [`set ${set}`, ...shown(keys.map(nameOf))] as const),
      ['by', 'shown to readers alone'],
      lacks(lacking),
    ],
  };
}

function lacks(missing: readonly Lack[]): readonly [string, ...string[]] {
  return ['lacks', ...missing.map((lack) => LACKS[lack])];
}

function nameOf({ id, name }: NamedKey): string {
  return name === undefined ? id : `${id}  ${plain(name)}`;
}

function usesOf({ canEncrypt, canSign }: { readonly canEncrypt: boolean; readonly canSign: boolean }): string {
  const uses = [...(canEncrypt ? ['encrypting'] : []), ...(canSign ? ['verifying'] : [])];
  return uses.join(' and ') || 'nothing here';
}

function shown(values: readonly string[]): string[] {
  const more = values.length - SHOWN;
  return more > 0 ? [...values.slice(0, SHOWN), `and ${more} more: see --json`] : [...values];
}

function range({ atLeast, atMost }: TextSize): string {
  return atLeast === atMost ? bytes(atMost) : `${atLeast.toLocaleString('en')} to ${bytes(atMost)}`;
}

function bytes(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'byte' : 'bytes'}`;
}

/** Foreign text as it may go to a terminal: without control characters and those that change its direction, and not endless. */
function plain(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd');
  return safe.length > 200 ? `${safe.slice(0, 200)}…` : safe;
}
