/** What the chat service's own client gave of a message: exactly what the service stores. Of an object of unknown shape, with care. */
export interface RawMessage {
  readonly body: string | null;
  /** JSON. */
  readonly attributes: string;
  readonly media: readonly { readonly contentType: string; readonly filename: string | null; readonly size: number }[];
}

export function readRawMessage(raw: unknown): RawMessage {
  if (typeof raw !== 'object' || raw === null) return { body: null, attributes: '{}', media: [] };
  const { body, attributes, attachedMedia } = raw as Record<string, unknown>;
  return {
    body: typeof body === 'string' ? body : null,
    attributes: JSON.stringify(attributes ?? {}),
    media: Array.isArray(attachedMedia) ? attachedMedia.map(readMedia) : [],
  };
}

function readMedia(media: unknown): RawMessage['media'][number] {
  const { contentType, filename, size } = (media ?? {}) as Record<string, unknown>;
  return {
    contentType: typeof contentType === 'string' ? contentType : 'unknown',
    filename: typeof filename === 'string' ? filename : null,
    size: typeof size === 'number' ? size : 0,
  };
}
