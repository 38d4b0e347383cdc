/** What Twilio, or whoever has the credentials of its REST API, could do behind the users' backs. */
import { uploadMedia } from '../conversations/media.ts';
import {
  listMessages,
  type MessageFields,
  removeMessage,
  sendMessage,
  updateMessage,
} from '../conversations/messages.ts';
import { addParticipant, removeParticipant } from '../conversations/participants.ts';
import type { RoleName } from '../conversations/default-roles.ts';
import { API, roleSidOf } from '../conversations/roles.ts';
import { type ChatService, putRow } from '../conversations/service.ts';
import { EmulatorError } from '../errors.ts';
import type { MessageRow } from '../state/rows.ts';
import { locate, locateMessage } from './locate.ts';

/** A message as it is stored. */
export type StoredMessage = Pick<MessageRow, 'sid' | 'index' | 'author' | 'body' | 'attributes' | 'mediaSids'>;

/** Each throws EmulatorError `emulator/unknown-target` for a SID or a name that is not there. */
export interface Tampering {
  /** What is stored of a conversation, without what was removed. */
  messagesOf(conversationSid: string): StoredMessage[];
  /** A message under any author's name. */
  forgeMessage(message: {
    readonly conversationSid: string;
    readonly author: string;
    readonly body: string;
    readonly attributes?: string;
  }): StoredMessage;
  /** The same message once more, by the same author, in its conversation or in another. */
  replayMessage(messageSid: string, into?: string): Promise<StoredMessage>;
  editMessage(messageSid: string, fields: Pick<MessageFields, 'body' | 'attributes' | 'author'>): StoredMessage;
  /** Puts each in the place of the other. */
  swapMessages(messageSid: string, otherSid: string): void;
  removeMessage(messageSid: string): void;
  /** Other bytes under the same SID. */
  swapMedia(mediaSid: string, content: Uint8Array): Promise<void>;
  /** Somebody whom no member asked in: a user, or a phone or mailbox. Gives back the SID. */
  addParticipant(
    conversationSid: string,
    who: { readonly identity: string } | { readonly address: string; readonly proxyAddress?: string },
  ): string;
  /** By SID or identity. */
  removeParticipant(conversationSid: string, participant: string): void;
  /** Adds permissions to a role, as the REST API can. */
  grant(role: RoleName, ...permissions: readonly string[]): void;
}

export function createTampering(services: readonly ChatService[]): Tampering {
  return {
    messagesOf: (conversationSid) => listMessages(locate(services, conversationSid).conversation).map(toStored),

    forgeMessage({ conversationSid, author, body, attributes }) {
      const { service } = locate(services, conversationSid);
      return toStored(sendMessage(service, { actor: API, conversationSid, message: { author, body, attributes } }));
    },

    async replayMessage(messageSid, into) {
      const { service, row } = locateMessage(services, messageSid);
      const conversationSid = into ?? row.conversationSid;
      const { author, body, attributes, subject } = row;
      const mediaSids = await Promise.all(row.mediaSids.map((sid) => copyMedia(service, sid)));
      const message = { author, body, attributes, subject, mediaSids };
      return toStored(sendMessage(service, { actor: API, conversationSid, message }));
    },

    editMessage(messageSid, fields) {
      const { service, row } = locateMessage(services, messageSid);
      const { conversationSid } = row;
      return toStored(updateMessage(service, { actor: API, conversationSid, messageSid, fields }));
    },

    swapMessages(messageSid, otherSid) {
      const one = locateMessage(services, messageSid);
      const other = locateMessage(services, otherSid);
      const contentOf = ({ author, body, attributes, mediaSids, participantSid }: MessageRow) => {
        return { author, body, attributes, mediaSids, participantSid };
      };
      one.service.commit([
        { table: 'message', row: { ...one.row, ...contentOf(other.row) } },
        { table: 'message', row: { ...other.row, ...contentOf(one.row) } },
      ]);
    },

    removeMessage(messageSid) {
      const { service, row } = locateMessage(services, messageSid);
      removeMessage(service, { actor: API, conversationSid: row.conversationSid, messageSid });
    },

    async swapMedia(mediaSid, content) {
      const service = services.find(({ state }) => state.media.has(mediaSid));
      if (!service) throw new EmulatorError('emulator/unknown-target', { details: { sid: mediaSid } });
      await service.blobs.put(mediaSid, content);
      putRow(service, 'media', { ...service.state.media.get(mediaSid)!, size: content.length });
    },

    addParticipant(conversationSid, who) {
      const { service } = locate(services, conversationSid);
      const participant = 'identity' in who ? who : { binding: who };
      return addParticipant(service, { actor: API, conversationSid, participant }).sid;
    },

    removeParticipant(conversationSid, participant) {
      const { service } = locate(services, conversationSid);
      removeParticipant(service, { actor: API, conversationSid, participant });
    },

    grant(role, ...permissions) {
      for (const service of services) {
        const row = service.state.roles.get(roleSidOf(service, role));
        if (!row) throw new EmulatorError('emulator/unknown-target', { details: { role } });
        putRow(service, 'role', { ...row, permissions: [...new Set([...row.permissions, ...permissions])] });
      }
    },
  };
}

async function copyMedia(service: ChatService, sid: string): Promise<string> {
  const { contentType, category, filename } = service.state.media.get(sid)!;
  const content = (await service.blobs.get(sid)) ?? new Uint8Array();
  const copy = await uploadMedia(service, { actor: API, media: { content, contentType, category, filename } });
  return copy.sid;
}

function toStored({ sid, index, author, body, attributes, mediaSids }: MessageRow): StoredMessage {
  return { sid, index, author, body, attributes, mediaSids };
}
