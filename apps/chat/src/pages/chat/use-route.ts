/** Which room is open, and which panel beside it: in the address, so that the browser's own way back works. */
import { useSyncExternalStore } from 'react';

export const PANELS = ['members', 'search', 'wire', 'attack'] as const;
export type PanelName = (typeof PANELS)[number];

export interface Route {
  readonly room: string | undefined;
  readonly panel: PanelName | undefined;
}

export function parseRoute(hash: string): Route {
  const [, place, room, panel] = hash.replace(/^#/, '').split('/');
  if (place !== 'room' || !room) return { room: undefined, panel: undefined };
  return { room: safeDecode(room), panel: PANELS.find((name) => name === panel) };
}

export function routeToHash({ room, panel }: Route): string {
  if (room === undefined) return '#/';
  return `#/room/${encodeURIComponent(room)}${panel ? `/${panel}` : ''}`;
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return parseRoute(hash);
}

/** `replace`: the way back leads past it. */
export function goTo(route: Route, { replace = false } = {}): void {
  if (replace) location.replace(routeToHash(route));
  else location.hash = routeToHash(route);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

function safeDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
