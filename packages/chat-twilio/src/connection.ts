/** When the SDK is connected again after it was not: events may have been missed, and a doubtful send can be looked for. */
import type { ClientLike, ConversationLike } from './twilio-types.ts';

export interface ConnectionWatch {
  /** Gives back how to stop. */
  subscribe(listener: () => void): () => void;
  /** Said after a call whose answer is missing. */
  suspectLoss(): void;
}

const MAX_PROBES = 10;

export function createConnectionWatch(
  conversation: ConversationLike,
  client: Pick<ClientLike, 'connectionState' | 'on' | 'off'> | undefined,
): ConnectionWatch {
  return client === undefined ? probeConnection(conversation) : watchClient(client);
}

function watchClient(client: Pick<ClientLike, 'connectionState' | 'on' | 'off'>): ConnectionWatch {
  return {
    subscribe(listener) {
      let wasConnected = client.connectionState === 'connected';
      const onState = (state: string): void => {
        if (state === 'connected' && !wasConnected) listener();
        wasConnected = state === 'connected';
      };
      client.on('connectionStateChanged', onState);
      return () => client.off('connectionStateChanged', onState);
    },
    suspectLoss: () => undefined,
  };
}

/** A conversation does not say whether its client is connected; a call that only reads is answered as soon as it is. */
function probeConnection(conversation: ConversationLike): ConnectionWatch {
  const listeners = new Set<() => void>();
  let isProbing = false;

  const probe = async (): Promise<void> => {
    for (let attempt = 0; attempt < MAX_PROBES && listeners.size > 0; attempt++) {
      const isConnected = await conversation.getMessagesCount().then(
        () => true,
        () => false,
      );
      if (isConnected) return listeners.forEach((listener) => listener());
    }
  };
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    suspectLoss() {
      if (isProbing) return;
      isProbing = true;
      void probe().finally(() => {
        isProbing = false;
      });
    },
  };
}
