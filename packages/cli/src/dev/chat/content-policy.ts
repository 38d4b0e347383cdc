/** The Content-Security-Policy of the chat app: nothing inline, nothing from elsewhere, and connections only to where the chat is. */

/** Origins at which a page reaches Twilio itself: its sockets, its media service and what that hands out. */
export const TWILIO_ORIGINS = ['https://*.twilio.com', 'wss://*.twilio.com'] as const;

/** The emulator's HTTP and sockets, by its `url`. */
export function emulatorOrigins(url: string): readonly string[] {
  const { origin } = new URL(url);
  return [origin, origin.replace(/^http/, 'ws')];
}

/** @param connectTo origins beside the page's own */
export function createContentPolicy(connectTo: readonly string[]): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    `connect-src ${["'self'", ...connectTo].join(' ')}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
