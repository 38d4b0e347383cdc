/** Says of each byte of a message what it is: for telling where an alteration fell. */

const TAG_NAMES: Readonly<Record<number, string>> = {
  0x02: 'INTEGER',
  0x03: 'BIT STRING',
  0x04: 'OCTET STRING',
  0x05: 'NULL',
  0x06: 'OBJECT IDENTIFIER',
  0x0c: 'UTF8String',
};

const OCTET_STRING = 0x04;

/** `tag`, `length`, `content of INTEGER` and so on for the head, and `body and footer` behind it. */
export function namePlaces(message: Uint8Array, headLength: number): string[] {
  const places = new Array<string>(message.length).fill('body and footer');
  nameElements(message.subarray(0, headLength), 0, places);
  return places;
}

/** Names the bytes of `elements`, which begin at `offset` of the message. */
function nameElements(elements: Uint8Array, offset: number, places: string[]): void {
  let at = 0;
  while (at < elements.length) {
    const { tag, start, end } = readElement(elements, at);
    const content = elements.subarray(start, end);
    places[offset + at] = 'tag';
    places.fill('length', offset + at + 1, offset + start);
    if ((tag & 0x20) !== 0 || (tag === OCTET_STRING && isSequence(content))) {
      nameElements(content, offset + start, places);
    } else {
      places.fill(`content of ${TAG_NAMES[tag]}`, offset + start, offset + end);
    }
    at = end;
  }
}

/** As a wrapped key and a signature are. What is shorter is random, and may look like anything. */
function isSequence(content: Uint8Array): boolean {
  return content.length > 64 && content[0] === 0x30 && readElement(content, 0).end === content.length;
}

function readElement(bytes: Uint8Array, at: number): { tag: number; start: number; end: number } {
  const first = bytes[at + 1]!;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  const start = at + 2 + digits;
  const length = digits === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
  return { tag: bytes[at]!, start, end: start + length };
}
