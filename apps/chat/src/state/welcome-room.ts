/** A first room, so that a first visit meets a conversation rather than an empty page. */
import type { ChatModel } from './chat-model.ts';
import { waitFor } from './store.ts';

const LET_IN_WITHIN_MS = 10_000;

/** Whom the demo has to talk to where nobody receives newcomers, and in the second window. */
export function companionOf(self: string): string {
  return self === 'alice' ? 'carol' : 'alice';
}

/** For a user without rooms: the one of whoever receives newcomers, else one with a companion who may be yet to come. */
export async function openWelcomeRoom(chat: ChatModel): Promise<void> {
  if (chat.rooms.get()?.length !== 0) return;
  if (await chat.service.askIn()) {
    await waitFor(
      chat.rooms,
      (rooms) => rooms !== undefined && rooms.length > 0,
      AbortSignal.timeout(LET_IN_WITHIN_MS),
    );
  } else {
    await chat.createRoom({ title: '', members: [companionOf(chat.service.identity)] });
  }
}
