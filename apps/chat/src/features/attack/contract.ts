/**
 * `POST /demo/attack/<name>` of the backend that serves this page: an evil chat service, or an evil key service, does one thing. It works
 * on the emulator and the development service only; with the real Twilio the routes are not there (404), and the page says so.
 *
 * Only on this machine, only from this origin: refuse requests whose `Origin` is not the page's own, and bodies that are not
 * `application/json`. Body and answer are JSON; a refusal is `{ "code", "message" }` with a status of 400 or more. What the client makes of
 * it is not in the answer: the page shows what its own client says.
 *
 * `GET /demo/attack` → `{ "attacks": AttackName[] }`: those that this backend can do.
 */

export const ATTACK_NAMES = [
  /** A message in the name of `author`: an envelope that another user (`mallory`) made and signed, for all members. */
  'forge-author',
  /** An unencrypted message in the name of `author`. */
  'forge-plaintext',
  /** The body of `message` once more, under its author, as a new message of `room`. */
  'replay',
  /** The body of `message` as a new message of the room `into`, under its author. */
  'replay-elsewhere',
  /** One byte of the body of `message` is changed. */
  'edit',
  /** The body of `message`, which was edited, is set back to what it was before. */
  'roll-back',
  /** The first media of `message` gets other bytes of the same size. */
  'swap-media',
  /** `message` disappears without a trace: no event, no hole that the service would admit. */
  'drop',
  /** The identity `reader` becomes a member of `room`, as if it had always been there. It has a card. */
  'silent-reader',
  /** A telephone becomes a member of `room`. */
  'sms-member',
  /** The key service answers with another card for `identity`, which it signed itself, from now on. */
  'swap-card',
  /** The key service tells the truth again, and members that were added by attacks on `room` leave it. */
  'stop',
] as const;

export type AttackName = (typeof ATTACK_NAMES)[number];

export interface AttackRequest {
  /** Sid of the conversation. */
  readonly room: string;
  /** Sid of the message. */
  readonly message?: string | undefined;
  readonly author?: string | undefined;
  readonly text?: string | undefined;
  readonly into?: string | undefined;
  readonly reader?: string | undefined;
  readonly identity?: string | undefined;
}

export interface AttackAnswer {
  /** The message that came to be or was changed; absent where it is about members or cards. */
  readonly message?: { readonly sid: string; readonly index: number } | undefined;
  /** The member that was added. */
  readonly member?: { readonly sid: string; readonly identity: string | null } | undefined;
}

export interface AttackList {
  readonly attacks: readonly AttackName[];
}

export function isAttackName(name: unknown): name is AttackName {
  return (ATTACK_NAMES as readonly unknown[]).includes(name);
}
