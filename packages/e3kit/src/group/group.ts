/**
 * The handle of one group, with the names of the official client. It holds what this device knew when it was made or last updated;
 * calls that change something run one after the other, and the result is on the device when they resolve.
 */
import { bytesToBase64, bytesToUtf8, type Card } from '@sotto/core';
import { openGroupMessage, sealGroupMessage } from '@sotto/core/group';
import { type Bytes, type Data, dataToBytes, type EncodedData } from '../data.ts';
import { MissingPrivateKeyError } from '../errors.ts';
import type { Session } from '../session.ts';
import { cardAt } from '../use-cases/decrypt.ts';
import { addMembers, reAddMember, removeMembers } from './change.ts';
import { refreshGroup } from './load.ts';
import { saveLocalGroup } from './local-groups.ts';
import { cardsByIdentity, type GroupMembers, requireCard } from './participants.ts';
import type { GroupState } from './state.ts';

export interface GroupCallOptions {
  readonly signal?: AbortSignal | undefined;
}

export class Group {
  readonly #session: Session;
  readonly #toBytes: (bytes: Uint8Array) => Uint8Array;
  #state: GroupState;
  #lastChange: Promise<void> = Promise.resolve();

  /** @internal */
  constructor(session: Session, state: GroupState, toBytes: (bytes: Uint8Array) => Uint8Array) {
    this.#session = session;
    this.#state = state;
    this.#toBytes = toBytes;
  }

  /** The identity of whoever has begun the group. */
  get initiator(): string {
    return this.#state.initiator;
  }

  /** Identities, that of the initiator among them, as the service listed them: the list is not signed. */
  get participants(): string[] {
    return [...this.#state.participants];
  }

  /** Whether this user may add and remove. */
  isEditable(): boolean {
    return this.#session.identity === this.initiator;
  }

  /**
   * Signs and encrypts for all who take part, as far as this device knows of changes. Text gives base64, bytes give bytes. At most
   * 29,915 bytes. What it costs does not depend on the number of members.
   * @throws GroupError (`group/too-long`, `group/unsupported-key`), MissingPrivateKeyError, ArgumentError
   */
  encrypt(text: string): Promise<string>;
  encrypt(data: Bytes | EncodedData): Promise<Uint8Array>;
  encrypt(data: Data): Promise<string | Uint8Array>;
  async encrypt(data: Data): Promise<string | Uint8Array> {
    const plaintext = dataToBytes(data, 'utf8');
    const signer = (await this.#session.keys.get()).current;
    if (!signer) throw new MissingPrivateKeyError();
    const { session } = this.#state;
    const message = await sealGroupMessage(this.#session.provider, { session, plaintext, signer });
    return typeof data === 'string' ? bytesToBase64(message) : this.#toBytes(message);
  }

  /**
   * Decrypts what `sender` wrote. `date` picks the sender's card of that time.
   * @throws GroupError: `group/outdated` (call `update()`), `group/other-group`, `group/bad-signature`, …; ArgumentError
   */
  decrypt(text: string, sender: Card, date?: Date): Promise<string>;
  decrypt(data: Bytes | EncodedData, sender: Card, date?: Date): Promise<Uint8Array>;
  decrypt(data: Data, sender: Card, date?: Date): Promise<string | Uint8Array>;
  async decrypt(data: Data, sender: Card, date?: Date): Promise<string | Uint8Array> {
    const { publicKey } = cardAt(requireCard(sender), date);
    const { session } = this.#state;
    const options = { session, message: dataToBytes(data, 'base64'), sender: publicKey };
    const plaintext = await openGroupMessage(this.#session.provider, options);
    return typeof data === 'string' ? bytesToUtf8(plaintext) : this.#toBytes(plaintext);
  }

  /** Learns of new epochs and of who takes part now. @throws GroupError */
  async update({ signal }: GroupCallOptions = {}): Promise<void> {
    await this.#change((state) => refreshGroup(this.#session, state, signal));
  }

  /** Lets users take part, who then also read what was written before. Who takes part already stays as they are. @throws GroupError */
  async add(members: GroupMembers, { signal }: GroupCallOptions = {}): Promise<void> {
    const cards = cardsByIdentity(members);
    await this.#change((state) => addMembers(this.#session, state, { cards, signal }));
  }

  /** Ends the part of these users: they read nothing that is written from now on. Who takes no part does no harm. @throws GroupError */
  async remove(members: GroupMembers, { signal }: GroupCallOptions = {}): Promise<void> {
    const identities = new Set(cardsByIdentity(members).keys());
    await this.#change((state) => removeMembers(this.#session, state, { identities, signal }));
  }

  /** For a member with a new key: the group opens with that one from now on, too. @throws GroupError */
  async reAdd(member: Card, { signal }: GroupCallOptions = {}): Promise<void> {
    const cards = cardsByIdentity(requireCard(member));
    await this.#change((state) => reAddMember(this.#session, state, { cards, signal }));
  }

  async #change(change: (state: GroupState) => Promise<GroupState>): Promise<void> {
    const changed = this.#lastChange.then(async () => {
      this.#state = await change(this.#state);
      await saveLocalGroup(this.#session, this.#state);
    });
    this.#lastChange = changed.catch(() => {});
    return changed;
  }
}
