/** The sample backend of an application of `sotto dev`. */
import { createSampleBackend, createTokenIssuer } from '@sotto/auth';
import { base64ToBytes, importPrivateKey } from '@sotto/core';
import { nodeProvider } from '@sotto/core/node';
import type { RunningService } from '@sotto/service';
import type { TwilioEmulator } from '@sotto/twilio-emulator';
import type { App } from './backend.ts';
import type { DevCredentials } from './credentials.ts';

export interface DevBackendOptions {
  readonly credentials: DevCredentials;
  readonly service: Pick<RunningService, 'url' | 'servicePublicKey'>;
  readonly emulator?: TwilioEmulator | undefined;
}

export async function createDevBackend({ credentials, service, emulator }: DevBackendOptions): Promise<App> {
  const { appId, appKeyId, sessionSecret, twilio } = credentials;
  const appKey = await importPrivateKey(nodeProvider, base64ToBytes(credentials.appKey));
  return createSampleBackend({
    issuer: createTokenIssuer({ provider: nodeProvider, appId, appKeyId, appKey }),
    sessionSecret: base64ToBytes(sessionSecret),
    twilio,
    ...(emulator && { twilioEmulatorUrl: emulator.url }),
    apiUrl: service.url,
    servicePublicKey: service.servicePublicKey,
  });
}
