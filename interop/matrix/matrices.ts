/** What the messages, streams and signatures that the two sides trade are made of. */
import type { Axes, Case, Matrix } from './cases.ts';
import { MODES, type ProviderName } from './ours.ts';
import { RELEASES } from './releases.ts';

/** A matrix as it is run in full, and as a selection is made from it. */
export interface Extents<A extends Axes> {
  readonly full: Matrix<A>;
  readonly pairwise: Matrix<A>;
}

const TYPES = ['ED25519', 'CURVE25519', 'CURVE25519_ED25519', 'SECP256R1', 'RSA_2048', 'RSA_3072', 'RSA_4096'] as const;
type Type = (typeof TYPES)[number];

/** Their private operations take the official library so long that they meet only the ED25519 keys and themselves, in full runs. */
const isLong = (type: Type | 'nobody') => type === 'RSA_3072' || type === 'RSA_4096';
const SHORT_TYPES = TYPES.filter((type) => !isLong(type));
const signersOf = (types: readonly Type[]) => ['nobody', ...types.filter((type) => type !== 'CURVE25519')] as const;

/** Lengths in bytes around the steps of the padding and of a stream's reads, and text beyond ASCII. */
export const CONTENTS = [0, 1, 155, 156, 157, 1000, 70_000, 1_000_000, 'text'] as const;

const messageAxes = {
  release: RELEASES,
  writer: ['official', 'Sotto'],
  mode: MODES,
  padding: [false, true],
  reader: TYPES,
  signer: signersOf(TYPES),
  recipients: ['one', 'two', 'twenty', 'one twice'],
  content: CONTENTS,
  identifiers: ['sha512', 'sha256'],
  form: ['whole', 'detached'],
  provider: ['node'],
} as const satisfies Axes;

export type MessageAxes = Omit<typeof messageAxes, 'reader' | 'provider'> & {
  readonly reader: readonly Type[];
  readonly provider: readonly ProviderName[];
};
export type MessageCase = Case<MessageAxes>;

function isMessage({ mode, reader, signer, form }: MessageCase): boolean {
  if ((mode === 'encrypt') !== (signer === 'nobody')) return false;
  const isOwn = signer === reader;
  if (isLong(signer) && !isOwn) return false;
  if (isLong(reader) && !isOwn && signer !== 'nobody' && signer !== 'ED25519') return false;
  return form === 'whole' || mode === 'signThenEncrypt'; // there are no other calls in two parts
}

export const MESSAGES: Extents<MessageAxes> = {
  full: { axes: messageAxes, isPossible: isMessage },
  pairwise: {
    axes: {
      ...messageAxes,
      reader: SHORT_TYPES,
      signer: signersOf(SHORT_TYPES),
      provider: ['node', 'noble', 'web'],
    },
    isPossible: isMessage,
  },
};

const streamAxes = {
  release: RELEASES,
  writer: ['official', 'Sotto'],
  mode: MODES,
  padding: [false, true],
  reader: SHORT_TYPES,
  signer: signersOf(SHORT_TYPES),
  content: CONTENTS,
  pieces: ['whole', 'single bytes', 'at the seams', 'random'],
} as const satisfies Axes;

export type StreamAxes = typeof streamAxes;
export type StreamCase = Case<StreamAxes>;

function isStream({ writer, mode, padding, signer, content, pieces }: StreamCase): boolean {
  if ((mode === 'encrypt') !== (signer === 'nobody')) return false;
  if (writer === 'official' && mode !== 'signAndEncrypt' && padding) return false; // that stream pads nothing
  return pieces !== 'single bytes' || content === 'text' || content <= 1000;
}

export const STREAMS: Extents<StreamAxes> = {
  full: { axes: streamAxes, isPossible: isStream },
  pairwise: { axes: streamAxes, isPossible: isStream },
};

const signatureAxes = {
  release: RELEASES,
  writer: ['official', 'Sotto'],
  type: TYPES.filter((type) => type !== 'CURVE25519'),
  content: CONTENTS,
  /** Of the official library's calls. */
  pieces: ['whole', 'random'],
  provider: ['node'],
} as const satisfies Axes;

export type SignatureAxes = Omit<typeof signatureAxes, 'provider'> & { readonly provider: readonly ProviderName[] };
export type SignatureCase = Case<SignatureAxes>;

export const SIGNATURES: Extents<SignatureAxes> = {
  full: { axes: signatureAxes, isPossible: () => true },
  pairwise: {
    axes: {
      ...signatureAxes,
      type: signatureAxes.type.filter((type) => !isLong(type)),
      provider: ['node', 'noble', 'web'],
    },
    isPossible: () => true,
  },
};
