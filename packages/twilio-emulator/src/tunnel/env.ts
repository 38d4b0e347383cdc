/** What a call through the socket comes with. */
import type { Context } from 'hono';
import type { ChatService } from '../conversations/service.ts';
import type { Actor } from '../conversations/roles.ts';
import type { SyncObject } from '../sync/object.ts';
import type { Hooks } from '../webhooks/hooks.ts';
import { type Body, parseForm, parseJsonBody } from '../fields.ts';

export interface Subscriber {
  subscribe(object: SyncObject): void;
  unsubscribe(objectSid: string): void;
  /** Sends a notification once the reply to this call is out. */
  notifyAfterReply(messageType: string, payload: unknown): void;
  /** Sends a notification to the other connections of these users. */
  notifyOthers(identities: readonly string[], messageType: string, payload: unknown): void;
}

export interface TunnelEnv {
  Bindings: {
    readonly service: ChatService;
    readonly identity: string;
    readonly subscriber: Subscriber;
    readonly hooks: Hooks;
    /** Where this client reaches the emulator by HTTP. */
    readonly httpOrigin: string;
  };
}

export type TunnelContext = Context<TunnelEnv>;

export function actorOf(c: TunnelContext): Actor {
  return { kind: 'user', identity: c.env.identity };
}

/** Scheme and host that the client put before the path. */
export function originOf(c: TunnelContext): string {
  return new URL(c.req.url).origin;
}

export async function readBody(c: TunnelContext): Promise<Body> {
  const text = await c.req.text();
  const type = c.req.header('Content-Type') ?? '';
  return type.startsWith('application/x-www-form-urlencoded') ? parseForm(text) : parseJsonBody(text);
}
