/** Who may read a Sync object now; asked again at each event, since people leave. */
import type { Audience } from '../sync/object.ts';
import { isMember } from './mirror.ts';
import type { ChatService } from './service.ts';

export function isInAudience({ state }: ChatService, identity: string, audience: Audience): boolean {
  switch (audience.kind) {
    case 'everyone':
      return true;
    case 'user':
      return audience.identity === identity;
    case 'members':
      return isMember(state, audience.conversationSid, identity);
    case 'members-and-creator': {
      const isCreator = state.conversations.get(audience.conversationSid)?.row.createdBy === identity;
      return isCreator || isMember(state, audience.conversationSid, identity);
    }
    default:
      return audience satisfies never;
  }
}
