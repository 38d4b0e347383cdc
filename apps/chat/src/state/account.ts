/** The signed-in user as the app sees it: keys on this device, what was compared with whom, the backup, and the way to the chat. */
import type { ChatService } from './chat-service.ts';

export interface Account {
  readonly identity: string;
  /** Tells several devices in one browser apart; empty for the first. */
  readonly device: string;
  readonly keys: UserKeys;
  openChat(): Promise<ChatService>;
}

export interface UserKeys {
  hasLocalKey(): Promise<boolean>;
  /** @throws `register/already-registered` if the user has a card, and so a key on another device */
  register(): Promise<void>;
  /** For a user whose key is lost. Old messages stay closed. */
  startWithNewKey(): Promise<void>;

  backUp(password: string): Promise<void>;
  /** @throws `backup/none`, `backup/wrong-password` */
  restore(password: string): Promise<void>;
  changePassword(password: string, newPassword: string): Promise<void>;
  removeBackup(): Promise<void>;

  safetyNumber(identity: string): Promise<SafetyNumber>;
  /** @throws `safety-qr/*` unless both have the same keys */
  compareQr(identity: string, scanned: string): Promise<void>;
  setVerified(identity: string): Promise<void>;
  clearVerified(identity: string): Promise<void>;
  acceptKey(identity: string): Promise<void>;
  refuseKey(identity: string): Promise<void>;
  /** Asks the service for their keys now, rather than when the next message is due. */
  lookAgain(identities: readonly string[]): Promise<void>;
  /** Calls back when somebody's key has changed. Gives back how to stop. */
  onKeyChanged(listener: (change: PeerKeyChange) => void): () => void;

  /** Removes keys, and all that was seen and compared, from this device. */
  cleanup(): Promise<void>;
}

export interface SafetyNumber {
  /** 60, in 12 groups. */
  readonly digits: string;
  /** 20, English. */
  readonly words: string;
  readonly qr: string;
}

export interface PeerKeyChange {
  readonly identity: string;
  /** `rotated`: the former key vouches for the new one. */
  readonly kind: 'rotated' | 'replaced';
  readonly wasVerified: boolean;
}
