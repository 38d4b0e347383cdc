/** What the head of a message shows to everybody. */
import { envelopeMode, type MessageInfo, parseMessageInfo } from '@sotto/core';
import type { Lack, Message, TextSize } from './finding.ts';
import { type NameKey, nameReaders } from './known-keys.ts';

const TAG_LENGTH = 16;
/** Padding takes 5 to 164 bytes. */
const PADDING = { atLeast: 5, atMost: 164 };
const SIGNER_PARAM = 'VIRGIL-DATA-SIGNER-ID';

/** `size` is that of the whole, where it is known; `bytes` may be its beginning. @throws `envelope/*` */
export function inspectMessage(bytes: Uint8Array, size: number | undefined, nameKey: NameKey): Message {
  const { info, length } = parseMessageInfo(bytes);
  const mode = envelopeMode(bytes);
  const signerId = mode === 'signThenEncrypt' ? info.customParams.get(SIGNER_PARAM) : undefined;
  const body = size === undefined ? undefined : size - length - TAG_LENGTH;
  const padded = info.footer ? info.footer.dataSize : body;
  const needed = info.footer ? info.footer.dataSize + TAG_LENGTH : 0;
  return {
    kind: 'message',
    mode,
    readers: nameReaders(
      info.recipients.map(({ identifier }) => identifier),
      nameKey,
    ),
    signer: signerId ? nameKey(signerId) : undefined,
    isPadded: info.isPadded,
    text: padded === undefined ? undefined : textSize(padded, info),
    size,
    isCutOff: body !== undefined && body < needed,
    lacks: lacksOf(mode, info),
  };
}

function textSize(padded: number, { isPadded }: MessageInfo): TextSize {
  const less = isPadded ? PADDING : { atLeast: 0, atMost: 0 };
  return { atLeast: Math.max(0, padded - less.atMost), atMost: Math.max(0, padded - less.atLeast) };
}

function lacksOf(mode: Message['mode'], { isPadded }: MessageInfo): Lack[] {
  return [
    ...(mode === 'encrypt' ? (['unsigned'] as const) : []),
    ...(mode === 'signThenEncrypt' ? (['signature-in-clear'] as const) : []),
    ...(isPadded ? [] : (['exact-size'] as const)),
    ...(mode === 'encrypt' ? [] : (['unbound'] as const)),
    'open-head',
    'no-forward-secrecy',
  ];
}
