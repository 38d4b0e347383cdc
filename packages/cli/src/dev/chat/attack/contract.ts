/** What the attack panel of the chat app asks for, and gets. The app has the same in `features/attack/contract.ts`. */

export const ATTACK_NAMES = [
  'forge-author',
  'forge-plaintext',
  'replay',
  'replay-elsewhere',
  'edit',
  'roll-back',
  'swap-media',
  'drop',
  'silent-reader',
  'sms-member',
  'swap-card',
  'stop',
] as const;

export type AttackName = (typeof ATTACK_NAMES)[number];

/** SIDs of conversations and messages, and identities. */
export interface AttackRequest {
  readonly room: string;
  readonly message?: string | undefined;
  readonly author?: string | undefined;
  readonly text?: string | undefined;
  readonly into?: string | undefined;
  readonly reader?: string | undefined;
  readonly identity?: string | undefined;
}

export interface AttackAnswer {
  readonly message?: { readonly sid: string; readonly index: number };
  readonly member?: { readonly sid: string; readonly identity: string | null };
}

export function isAttackName(name: string): name is AttackName {
  return (ATTACK_NAMES as readonly string[]).includes(name);
}
