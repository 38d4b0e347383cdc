/** Word between the pages of an origin that what they keep in common has changed. It tells that, not what. */
import { browserGlobals, type Channel, type PageShowListener } from './browser-globals.ts';

export interface ChangeChannel {
  /** Tells all others. Nothing happens where there is no BroadcastChannel. */
  announce(): void;
  /** Calls `listener` when another has announced a change, or may have while this page slept. Gives back how to stop. */
  subscribe(listener: () => void): () => void;
}

export function createChangeChannel(name: string): ChangeChannel {
  const listeners = new Set<() => void>();
  let channel: Channel | undefined;

  const notify = () => {
    for (const listener of listeners) listener();
  };
  const open = (): Channel | undefined => {
    const { BroadcastChannel } = browserGlobals();
    channel ??= BroadcastChannel && new BroadcastChannel(name);
    return channel;
  };
  /** A page that comes back from the back/forward cache was sent nothing while it was there (HTML §9.5). */
  const onReturn: PageShowListener = ({ persisted }) => {
    if (persisted) notify();
  };

  return {
    announce() {
      open()?.postMessage(null);
    },
    subscribe(listener) {
      const own = () => listener();
      if (listeners.size === 0) {
        const opened = open();
        if (opened) opened.onmessage = notify;
        browserGlobals().addEventListener?.('pageshow', onReturn);
      }
      listeners.add(own);
      return () => {
        listeners.delete(own);
        if (listeners.size > 0) return;
        // Without a listener the browser may collect it.
        if (channel) channel.onmessage = null;
        browserGlobals().removeEventListener?.('pageshow', onReturn);
      };
    },
  };
}
