/** Files as people have them, and the three ways in which they get into a message. */
import type { Locator, Page } from 'playwright';

export interface SampleFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export function textFile(name: string, text: string): SampleFile {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(text) };
}

/** A picture of a sunset, drawn by the browser. */
export async function drawPicture(page: Page, name: string): Promise<SampleFile> {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(640, 420);
    const pen = canvas.getContext('2d')!;
    const sky = pen.createLinearGradient(0, 0, 640, 420);
    sky.addColorStop(0, '#e9a23b');
    sky.addColorStop(1, '#2a5d8f');
    pen.fillStyle = sky;
    pen.fillRect(0, 0, 640, 420);
    pen.fillStyle = '#fff8';
    pen.arc(430, 140, 70, 0, 7);
    pen.fill();
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  });
  return { name, mimeType: 'image/png', buffer: Buffer.from(base64, 'base64') };
}

export async function pickFiles(page: Page, files: readonly SampleFile[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (await choosing).setFiles([...files]);
}

/** Pastes a file into what has the focus, as after copying it elsewhere. */
export async function pasteFile(target: Locator, file: SampleFile): Promise<void> {
  await target.evaluate((element, { name, mimeType, base64 }) => {
    const clipboardData = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    clipboardData.items.add(new File([bytes], name, { type: mimeType }));
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, toArgument(file));
}

/** Drags a file over an element. Gives back how to let go of it there. */
export async function dragFile(target: Locator, file: SampleFile): Promise<() => Promise<void>> {
  const dataTransfer = await target.evaluateHandle((_, { name, mimeType, base64 }) => {
    const dragged = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    dragged.items.add(new File([bytes], name, { type: mimeType }));
    return dragged;
  }, toArgument(file));
  await target.dispatchEvent('dragenter', { dataTransfer });
  await target.dispatchEvent('dragover', { dataTransfer });
  return () => target.dispatchEvent('drop', { dataTransfer });
}

function toArgument({ name, mimeType, buffer }: SampleFile) {
  return { name, mimeType, base64: buffer.toString('base64') };
}
