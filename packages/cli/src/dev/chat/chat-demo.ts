/**
 * The chat demo around the sample backend: the app, and, where the emulator stands in for Twilio, what the chat service holds, the
 * attacks, and bob to talk to.
 */
import { join } from 'node:path';
import { openSecrets, type RunningService } from '@sotto/service';
import type { TwilioEmulator } from '@sotto/twilio-emulator';
import { openResident } from './resident.ts';
import type { App } from '../backend.ts';
import { attackRoute } from './attack/attack-route.ts';
import { createAttacks } from './attack/attacks.ts';
import { emulatorOrigins, TWILIO_ORIGINS } from './content-policy.ts';
import { createKeyService, keyServiceUrl } from './key-service.ts';
import { type Peer, startPeer } from './peer/peer.ts';
import { type Route, withRoutes } from './routes.ts';
import { serveApp } from './serve-app.ts';
import { welcomeRoute } from './welcome-route.ts';
import { wireRoute } from './wire.ts';

export interface ChatDemoOptions {
  readonly backend: App;
  readonly dataDir: string;
  readonly service: Pick<RunningService, 'url' | 'servicePublicKey'>;
  /** Undefined where a real Twilio account is used. */
  readonly emulator: TwilioEmulator | undefined;
  readonly signal: AbortSignal;
  /** Takes what went wrong with bob. */
  readonly onTrouble: (error: unknown) => void;
  /** Where the build of the app is; its own place unless given. */
  readonly folder?: string;
  /** How long bob seems to type. */
  readonly pauseMs?: number;
}

export interface ChatDemo {
  /** The backend, and the demo before it. */
  readonly app: App;
  /** Has bob come, once something else is done. What fails is told to `onTrouble`. */
  start(after?: Promise<unknown>): void;
  /** Has bob go. */
  close(): Promise<void>;
}

/** What members may do beyond Twilio's default roles, so that everybody can react, name the room and let others in. */
const PERMISSIONS = [
  'addParticipant',
  'editAnyMessageAttributes',
  'editConversationAttributes',
  'removeParticipant',
] as const;

export async function createChatDemo(options: ChatDemoOptions): Promise<ChatDemo> {
  const { backend, service, emulator, folder } = options;
  const { origin } = new URL(service.url);
  const place = folder === undefined ? {} : { folder };
  if (!emulator) {
    const app = serveApp({ connectTo: [origin, ...TWILIO_ORIGINS], ...place });
    return { app: withRoutes(backend, [app]), start: () => {}, close: async () => {} };
  }
  emulator.control.grant('channel user', ...PERMISSIONS);
  return createEmulatedDemo({ ...options, emulator });
}

async function createEmulatedDemo(options: ChatDemoOptions & { readonly emulator: TwilioEmulator }): Promise<ChatDemo> {
  const { backend, dataDir, service, emulator, signal, onTrouble, folder, pauseMs } = options;
  const { serviceKey } = await openSecrets({ dataDir });
  const keyService = createKeyService({ serviceUrl: service.url, serviceKey: serviceKey.privateKey });
  let peer: Promise<Peer | undefined> | undefined;
  const surroundings = { folder: join(dataDir, 'chat'), service, backend };
  const openMallory = memoize(async () => (await openResident('mallory', surroundings)).eThree.openChatSession());
  const openPeer = async (): Promise<Peer> => {
    // Before a visitor takes her name.
    await openMallory();
    const device = await openResident('bob', surroundings);
    return startPeer({ device, uri, signal, onTrouble, ...(pauseMs !== undefined && { pauseMs }) });
  };

  const { control, wsUrl: uri } = emulator;
  const app = serveApp({ connectTo: emulatorOrigins(emulator.url), ...(folder !== undefined && { folder }) });
  const routes: readonly Route[] = [
    app,
    configRoute(backend),
    keyService.route,
    wireRoute(control),
    attackRoute(createAttacks({ control, keyService, mallory: openMallory })),
    welcomeRoute(async () => peer),
  ];
  return {
    app: withRoutes(backend, routes),
    start(after = Promise.resolve()) {
      peer = after.then(openPeer).catch((error: unknown) => {
        if (!signal.aborted) onTrouble(error);
        return undefined;
      });
    },
    close: async () => (await peer)?.close(),
  };
}

/** `/config` of the backend, which sends the page to the key service that can turn evil. */
function configRoute(backend: App): Route {
  return async (request, url) => {
    if (request.method !== 'GET' || url.pathname !== '/config') return undefined;
    const answer = await backend.fetch(request);
    const config = (await answer.json()) as Record<string, unknown>;
    const headers = new Headers(answer.headers);
    headers.delete('Content-Length');
    return Response.json({ ...config, apiUrl: keyServiceUrl(url.origin) }, { status: answer.status, headers });
  };
}

/** Once, unless it fails. */
function memoize<T>(task: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= task().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
