/** What bytes turn out to be, as `sotto inspect --json` prints it. All of it is as it stands there, unverified. */

export type Finding = Secret | PublicKeyFinding | Signature | Message | GroupMessage | SeriesFrame | Document | Card;

/** A key, by the identifier that messages and documents name it with. */
export interface NamedKey {
  /** Hex. */
  readonly id: string;
  /** The file of `--know` that holds it. */
  readonly name?: string | undefined;
}

/** Nothing of it is shown, not even its size. */
export interface Secret {
  readonly kind: 'private key' | 'group ticket' | 'key store entry' | 'token';
}

export interface PublicKeyFinding extends NamedKey {
  readonly kind: 'public key';
  readonly type: string;
  readonly canEncrypt: boolean;
  readonly canSign: boolean;
}

export interface Signature {
  readonly kind: 'signature';
  readonly hash: string;
  readonly bytes: number;
}

/** Bytes of text, which padding hides within bounds; undefined where the end was not read. */
export interface TextSize {
  readonly atLeast: number;
  readonly atMost: number;
}

export interface Message {
  readonly kind: 'message';
  readonly mode: 'encrypt' | 'signThenEncrypt' | 'signAndEncrypt';
  readonly readers: readonly NamedKey[];
  /** Where it stands in clear. */
  readonly signer?: NamedKey | undefined;
  readonly isPadded: boolean;
  readonly text?: TextSize | undefined;
  /** Bytes, where the end was read. */
  readonly size?: number | undefined;
  /** Whether it ends before its end. */
  readonly isCutOff: boolean;
  readonly lacks: readonly Lack[];
}

export interface GroupMessage {
  readonly kind: 'group message';
  readonly sessionId: string;
  readonly epoch: number;
  readonly size: number;
  readonly lacks: readonly Lack[];
}

export interface SeriesFrame {
  readonly kind: 'series frame';
  readonly frame: 'start' | 'reading' | 'signed reading' | 'checkpoint' | 'close';
  /** Hex; a start has none. */
  readonly sessionTag?: string | undefined;
  /** Of a start: what it says is for these readers. */
  readonly readers?: readonly NamedKey[] | undefined;
  readonly size: number;
}

export interface Document {
  readonly kind: 'document with encrypted fields';
  readonly revision: number;
  readonly expiresAt?: string | undefined;
  readonly fields: readonly { readonly pointer: string; readonly bytes: number; readonly readers: number }[];
  /** The sets that `fields` count in. */
  readonly readers: readonly (readonly NamedKey[])[];
  readonly lacks: readonly Lack[];
}

export interface Card {
  readonly kind: 'card';
  readonly id: string;
  readonly identity: string;
  readonly key: NamedKey & { readonly type: string };
  readonly createdAt: string;
  readonly previousCardId?: string | undefined;
  /** Who is said to have signed it. */
  readonly signers: readonly string[];
}

/** What a format does not protect, in words for people. */
export const LACKS = {
  unsigned: 'it is not signed: anybody may have written it',
  'signature-in-clear': 'the signature stands in clear: whoever has the message can test guesses of its text',
  'exact-size': 'the exact size of the text shows',
  unbound: 'nothing says for whom, where or when it was signed: it can be passed on, and sent again',
  'open-head': 'the head is not protected as a whole: readers can be listed or left out unseen',
  'no-forward-secrecy': 'whoever gets the private key of a reader can read it, also later',
  repeatable: 'nothing says when it was signed: it can be left out, sent again and reordered',
  'epoch-key': 'whoever gets the key of the epoch can read all of the epoch',
  'open-outline': 'names of fields, their sizes in steps of 32 bytes and all plain parts show',
} as const;

export type Lack = keyof typeof LACKS;
