/** Finds what the control is asked about, in whichever service it is. */
import { findMessage } from '../conversations/messages.ts';
import type { ChatService } from '../conversations/service.ts';
import { EmulatorError } from '../errors.ts';
import type { MessageRow } from '../state/rows.ts';
import type { ConversationState } from '../state/state.ts';

export interface Located {
  readonly service: ChatService;
  readonly conversation: ConversationState;
}

/** @throws EmulatorError `emulator/unknown-target` */
export function locate(services: readonly ChatService[], sid: string): Located {
  for (const service of services) {
    const conversation = service.state.conversations.get(sid);
    if (conversation && !conversation.row.isRemoved) return { service, conversation };
  }
  throw new EmulatorError('emulator/unknown-target', { details: { sid } });
}

/** @throws EmulatorError `emulator/unknown-target`; TwilioRefusal 20404 for one that was removed */
export function locateMessage(services: readonly ChatService[], sid: string): Located & { readonly row: MessageRow } {
  for (const service of services) {
    for (const conversation of service.state.conversations.values()) {
      if (conversation.indexBySid.has(sid)) return { service, conversation, row: findMessage(conversation, sid) };
    }
  }
  throw new EmulatorError('emulator/unknown-target', { details: { sid } });
}
