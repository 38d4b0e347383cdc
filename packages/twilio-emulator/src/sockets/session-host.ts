/** A socket and what it is given by all sockets together, so that neither side imports the other. */
import type { Hono } from 'hono';
import type { ChatService } from '../conversations/service.ts';
import type { RandomBytes } from '../sid.ts';
import type { SyncEvent } from '../sync/object.ts';
import type { Caller, TokenChecker } from '../token.ts';
import type { TunnelEnv } from '../tunnel/env.ts';
import type { Hooks } from '../webhooks/hooks.ts';
import type { Continuation } from './continuation.ts';
import type { Faults } from './faults.ts';

/** What all sockets share. */
export interface SessionHost {
  readonly tunnel: Hono<TunnelEnv>;
  readonly faults: Faults;
  readonly tokens: TokenChecker;
  readonly randomBytes: RandomBytes;
  readonly clock: () => number;
  readonly warningSeconds: number;
  readonly serviceOf: (caller: Caller) => ChatService;
  readonly hooksOf: (service: ChatService) => Hooks;
  readonly note: (identity: string | null, bytes: Uint8Array) => void;
  continuationOf(identity: string, shown: unknown): Continuation;
  notifyOthers(
    sender: Session,
    notification: { readonly identities: readonly string[]; readonly messageType: string; readonly payload: unknown },
  ): void;
  /** Somebody has come, or gone. */
  onSessionsChanged(caller: Caller): void;
}

export interface Session {
  readonly caller: Caller | undefined;
  readonly service: ChatService | undefined;
  receive(data: Buffer, isBinary: boolean): Promise<void>;
  /** Sends the event if the client subscribed to its object and may still see it. */
  deliver(event: SyncEvent): void;
  notify(messageType: string, payload: unknown): void;
  ping(): void;
  /** Says that the token is about to expire. */
  warn(): void;
  /** Says why, then closes. */
  close(code: number, status: string): void;
  /** Ends it without a word, as a network does. */
  cut(): void;
  /** The socket is gone. */
  end(): void;
}
