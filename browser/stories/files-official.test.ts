/** Files that the official client for browsers writes and reads, against ours in the same page. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import './kit/page-globals.ts';
import { type Card, type Client, type OfficialPage, openOfficialPage } from './official-page.ts';

interface Options {
  readonly chunkSize?: number;
  readonly onProgress?: (progress: object) => void;
  readonly signal?: AbortSignal;
}

/** The calls for files, which both clients have. */
interface FileClient extends Client {
  authEncryptFile(file: Blob, reader?: Card, options?: Options): Promise<Blob>;
  authDecryptFile(file: Blob, sender?: Card, options?: Options): Promise<Blob>;
  encryptFile(file: Blob, reader?: Card, options?: Options): Promise<Blob>;
  decryptFile(file: Blob, sender?: Card, options?: Options): Promise<Blob>;
  encryptSharedFile(file: Blob, options?: Options): Promise<{ encryptedSharedFile: Blob; fileKey: Uint8Array }>;
  decryptSharedFile(file: Blob, fileKey: Uint8Array | string, sender?: Card): Promise<Blob>;
}

declare global {
  var fileClients: Record<'olga' | 'ours', FileClient>;
  /** Its kind, name, type and what it holds, as far as both clients decide. */
  var describeFile: (file: Blob) => Promise<object>;
}

let opened: OfficialPage;

beforeAll(async () => {
  opened = await openOfficialPage();
  await opened.tab.page.evaluate(async () => {
    const [olga, ours] = [await openOfficial('olga'), await openOurs('ours')];
    globalThis.fileClients = { olga, ours } as unknown as typeof fileClients;
    for (const client of [olga, ours]) await client.register();
    globalThis.describeFile = async (file) => {
      const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
      const { name } = file as Partial<File>;
      return { kind: file.constructor.name, name, type: file.type, digest: new Uint8Array(digest).toString() };
    };
  });
});
afterAll(() => opened.stage.close());

const directions = [
  ['olga', 'ours'],
  ['ours', 'olga'],
] as const;

describe.each(directions)('a file that %s writes for %s', (writer, reader) => {
  it.each([0, 1, 155, 156, 200_000, 9_000_000])('of %i bytes is read by the other, in each way', async (size) => {
    const { original, authenticated, shared, sharedByText, old } = await opened.tab.page.evaluate(
      async ({ writer, reader, size }) => {
        const [from, to] = [fileClients[writer], fileClients[reader]];
        const [senderCard, readerCard] = [await to.findUsers(writer), await from.findUsers(reader)];
        const bytes = new Uint8Array(size).map((_, index) => index % 251);
        const file = new File([bytes], 'naïve photo.jpg', { type: 'image/jpeg' });
        const { encryptedSharedFile, fileKey } = await from.encryptSharedFile(file);
        const base64 = btoa(String.fromCharCode(...fileKey));
        const results = {
          original: file,
          authenticated: await to.authDecryptFile(await from.authEncryptFile(file, readerCard), senderCard),
          shared: await to.decryptSharedFile(encryptedSharedFile, fileKey, senderCard),
          sharedByText: await to.decryptSharedFile(encryptedSharedFile, base64, senderCard),
          old: await to.decryptFile(await from.encryptFile(file, readerCard), senderCard),
        };
        return {
          original: await describeFile(results.original),
          authenticated: await describeFile(results.authenticated),
          shared: await describeFile(results.shared),
          sharedByText: await describeFile(results.sharedByText),
          old: await describeFile(results.old),
        };
      },
      { writer, reader, size },
    );
    expect({ authenticated, shared, sharedByText }).toEqual({
      authenticated: original,
      shared: original,
      sharedByText: original,
    });
    expect(old).toEqual({ ...original, kind: 'Blob', name: undefined });
  });

  it('is read in pieces of any size', async () => {
    const results = await opened.tab.page.evaluate(
      async ({ writer, reader }) => {
        const [from, to] = [fileClients[writer], fileClients[reader]];
        const [senderCard, readerCard] = [await to.findUsers(writer), await from.findUsers(reader)];
        const file = new Blob([new Uint8Array(1000).map((_, index) => index % 251)]);
        const found: boolean[] = [];
        for (const [written, read] of [
          [1, 17],
          [100, 1],
          [999, 4096],
        ]) {
          const sealed = await from.authEncryptFile(file, readerCard, { chunkSize: written! });
          const old = await from.encryptFile(file, readerCard, { chunkSize: written! });
          const texts = [
            await to.authDecryptFile(sealed, senderCard, { chunkSize: read! }),
            await to.decryptFile(old, senderCard, { chunkSize: read! }),
          ];
          const original = await describeFile(file);
          for (const text of texts) found.push(JSON.stringify(await describeFile(text)) === JSON.stringify(original));
        }
        return found;
      },
      { writer, reader },
    );
    expect(results).toEqual(Array(6).fill(true));
  });

  it('is a message too, and messages are files', async () => {
    const text = await opened.tab.page.evaluate(
      async ({ writer, reader }) => {
        const [from, to] = [fileClients[writer], fileClients[reader]];
        const [senderCard, readerCard] = [await to.findUsers(writer), await from.findUsers(reader)];
        const sealed = await from.authEncryptFile(new Blob(['as a file']), readerCard);
        const bytes = new Uint8Array(await sealed.arrayBuffer());
        const first = await to.authDecrypt(btoa(String.fromCharCode(...bytes)), senderCard);
        const message = await from.authEncrypt('as a message', readerCard);
        const file = new Blob([Uint8Array.from(atob(message), (character) => character.charCodeAt(0))]);
        return [first, await (await to.authDecryptFile(file, senderCard)).text()];
      },
      { writer, reader },
    );
    expect(text).toEqual(['as a file', 'as a message']);
  });
});

describe('both clients', () => {
  it('report progress and an abort in the same words', async () => {
    const [official, ours] = await opened.tab.page.evaluate(async () => {
      const tell = async (client: FileClient) => {
        const file = new Blob([new Uint8Array(200_000)]);
        const chunkSize = 70_000;
        const steps: object[] = [];
        const onProgress = (step: object) => steps.push({ ...step });
        await client.authEncryptFile(file, undefined, { chunkSize, onProgress });
        await client.encryptFile(file, undefined, { chunkSize, onProgress });
        const controller = new AbortController();
        controller.abort();
        const options = { signal: controller.signal };
        const aborted = await outcomeOf(client.authEncryptFile(file, undefined, options));
        return { steps, aborted };
      };
      return [await tell(fileClients.olga), await tell(fileClients.ours)];
    });
    expect(ours).toEqual(official);
    expect(official).toMatchObject({ aborted: { name: 'AbortError' } });
  });

  it('say in the same words that a user is not registered, or that a file is by somebody else', async () => {
    const [official, ours] = await opened.tab.page.evaluate(async () => {
      const tell = async (client: FileClient, stranger: FileClient, reader: 'olga' | 'ours') => {
        const other = await client.findUsers(reader);
        const file = new Blob(['text']);
        return [
          await outcomeOf(stranger.authEncryptFile(file)),
          await outcomeOf(stranger.authDecryptFile(file)),
          await outcomeOf(stranger.encryptFile(file)),
          await outcomeOf(stranger.decryptFile(file)),
          await outcomeOf(client.decryptFile(await client.encryptFile(file), other)),
        ];
      };
      const strangers = [await openOfficial('stranger-1'), await openOurs('stranger-2')] as unknown as FileClient[];
      return [await tell(fileClients.olga, strangers[0]!, 'ours'), await tell(fileClients.ours, strangers[1]!, 'olga')];
    });
    expect(ours).toEqual(official);
    const register = { name: 'RegisterRequiredError' };
    expect(ours).toMatchObject([register, register, register, register, { name: 'IntegrityCheckFailedError' }]);
  });
});
