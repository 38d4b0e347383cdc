/** What a user of the official client can do on a device. Others are named by identity, and looked up there. */

export interface OfficialOptions {
  readonly keyPairType?: string;
  readonly useSha256Identifiers?: boolean;
  /** Bring a token provider of the app, which keeps a token until it is told to renew it. */
  readonly keepsToken?: boolean;
  /** Set up to verify cards, which is the default here and not that of the client. */
  readonly verifies?: boolean;
}

/** A card as the official client sees it. */
export interface OfficialCard {
  readonly id: string;
  readonly identity: string;
  /** Hex of its DER. */
  readonly publicKey: string;
  readonly createdAt: Date;
  readonly isOutdated: boolean;
  readonly previousCardId?: string;
  readonly previousCard?: OfficialCard;
}

type Data = string | Uint8Array;

export interface OfficialDevice {
  readonly identity: string;
  register(): Promise<void>;
  rotatePrivateKey(): Promise<void>;
  unregister(): Promise<void>;
  cleanup(): Promise<void>;
  hasLocalPrivateKey(): Promise<boolean>;
  findUsers(identity: string): Promise<OfficialCard>;
  findUsers(identities: readonly string[]): Promise<Record<string, OfficialCard>>;
  /** Hex of the DER of each key. */
  lookupPublicKeys(identity: string): Promise<string>;
  lookupPublicKeys(identities: readonly string[]): Promise<Record<string, string>>;
  encrypt<T extends Data>(data: T, readers?: string | readonly string[]): Promise<T>;
  decrypt<T extends Data>(data: T, sender?: string, date?: Date): Promise<T>;
  authEncrypt<T extends Data>(data: T, readers?: string | readonly string[]): Promise<T>;
  authDecrypt<T extends Data>(data: T, sender?: string, date?: Date): Promise<T>;
  /** As `encrypt`, for keys of the older lookup. */
  encryptForKeys<T extends Data>(data: T, readers: readonly string[]): Promise<T>;
  publishAnotherCard(): Promise<void>;
  publishCardOf(identity: string): Promise<void>;
  getCard(id: string): Promise<OfficialCard>;
  searchCards(identities: string | readonly string[]): Promise<OfficialCard[]>;
  revokeCard(id: string): Promise<void>;
  /** Base64 of its DER. */
  exportPrivateKey(): Promise<string>;

  /** Static in the client. */
  derivePasswords(password: Data): Promise<{ readonly loginPassword: Uint8Array; readonly backupPassword: Uint8Array }>;
  backupPrivateKey(password: Data, keyName?: string): Promise<void>;
  restorePrivateKey(password: Data, keyName?: string): Promise<void>;
  changePassword(oldPassword: Data, newPassword: Data, keyName?: string): Promise<void>;
  resetPrivateKeyBackup(password?: Data): Promise<void>;
  resetPrivateKeyBackupWithKeyName(keyName: string): Promise<void>;

  createGroup(id: string, participants?: string | readonly string[]): Promise<OfficialGroup>;
  loadGroup(id: string, initiator: string): Promise<OfficialGroup>;
  /** From the device's own store. */
  getGroup(id: string): Promise<OfficialGroup | null>;
  deleteGroup(id: string): Promise<void>;
}

/** A group as one device knows it, which is what it was when it was created, loaded or last updated there. */
export interface OfficialGroup {
  initiator(): Promise<string>;
  participants(): Promise<string[]>;
  isEditable(): Promise<boolean>;
  encrypt<T extends Data>(data: T): Promise<T>;
  decrypt<T extends Data>(data: T, sender: string, date?: Date): Promise<T>;
  update(): Promise<void>;
  add(members: string | readonly string[]): Promise<void>;
  remove(members: string | readonly string[]): Promise<void>;
  reAdd(member: string): Promise<void>;
}
