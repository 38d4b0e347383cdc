/**
 * What a test can have go wrong, and what Twilio itself or whoever holds its credentials could do. Nothing here is on the
 * way of a client: these are functions for the process that started the emulator, and, behind a token, for others.
 */
import type { ChatService } from '../conversations/service.ts';
import type { CallFilter } from '../sockets/faults.ts';
import type { Hub } from '../sockets/hub.ts';
import { type Backstage, createBackstage } from './backstage.ts';
import { createTampering, type Tampering } from './tampering.ts';

export interface Control extends Tampering, Backstage {
  /** The next message of this user, or of anybody, is stored; the answer is dropped and the socket cut. Gives back how to call it off. */
  loseNextReply(filter?: CallFilter): () => void;
  /** Answers the next `count` calls with `status` (503), and does nothing of what they ask. Gives back how to call it off. */
  failNext(count: number, options?: CallFilter & { readonly status?: number }): () => void;
  /** Does what calls ask, and holds their replies until what it gives back is called. */
  holdReplies(filter?: CallFilter): () => void;
  /** Cuts the sockets of a user, or all, as a network does. */
  cutSockets(identity?: string): void;
  /** Cuts all sockets, refuses new ones, and answers 503 by HTTP. */
  goDown(): void;
  comeUp(): void;
  /** The tokens that are in use by this user count as expired from now on; their sockets are closed with 410. */
  expireTokens(identity: string): void;
  /** Says to the sockets of this user that their token is about to expire. */
  warnOfExpiry(identity: string): void;
  /** Asks all clients, or those of a user, to connect anew (308). */
  offload(identity?: string): void;
  /** Identities with an open socket, each once. */
  connected(): string[];
  /** Resolves when all webhooks that are under way have been told. */
  settleWebhooks(): Promise<void>;
}

export interface ControlOptions {
  readonly hub: Hub;
  readonly services: readonly ChatService[];
}

export function createControl({ hub, services }: ControlOptions): Control {
  const sessionsOf = (identity: string | undefined) =>
    [...hub.sessions].filter(({ caller }) => identity === undefined || caller?.identity === identity);

  return {
    ...createTampering(services),
    ...createBackstage(services),

    loseNextReply: (filter = {}) =>
      hub.faults.plan({ isReplyLost: true }, { filter: { method: 'POST', path: '/Messages', ...filter }, count: 1 }),

    failNext: (count, { status = 503, ...filter } = {}) => hub.faults.plan({ status }, { filter, count }),

    holdReplies(filter = {}) {
      let open = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      const stop = hub.faults.plan({ gate }, { filter, count: Number.POSITIVE_INFINITY });
      return () => {
        stop();
        open();
      };
    },

    cutSockets: (identity) => sessionsOf(identity).forEach((session) => session.cut()),

    goDown() {
      hub.isAccepting = false;
      sessionsOf(undefined).forEach((session) => session.cut());
    },

    comeUp: () => void (hub.isAccepting = true),

    expireTokens(identity) {
      for (const session of sessionsOf(identity)) {
        hub.tokens.expire(session.caller!.token);
        session.close(410, 'TOKEN_EXPIRED');
      }
    },

    warnOfExpiry: (identity) => sessionsOf(identity).forEach((session) => session.warn()),

    offload: (identity) => sessionsOf(identity).forEach((session) => session.close(308, 'OFFLOAD')),

    connected: () => [...new Set([...hub.sessions].flatMap(({ caller }) => caller?.identity ?? []))],

    async settleWebhooks() {
      await Promise.all(services.map((service) => hub.hooksOf(service).settle()));
    },
  };
}
