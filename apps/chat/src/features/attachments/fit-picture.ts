/** The size at which a picture stands in the timeline, in pixels. What the sender says of its size is bounded, since it is only said. */
const MAX_WIDTH = 320;
const MAX_HEIGHT = 320;
const MIN_SIDE = 96;
const UNKNOWN = { width: 280, height: 210 };

export function fitPicture(size: { readonly width?: number | undefined; readonly height?: number | undefined }): {
  width: number;
  height: number;
} {
  const { width, height } = size;
  if (!width || !height) return UNKNOWN;
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  const clamp = (side: number, max: number): number => Math.round(Math.min(max, Math.max(MIN_SIDE, side * scale)));
  return { width: clamp(width, MAX_WIDTH), height: clamp(height, MAX_HEIGHT) };
}
