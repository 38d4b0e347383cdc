/** Puts files into the draft of a room, and says which are too many or too large before anything is encrypted. */
import { notify } from '../../components/toaster.tsx';
import type { RoomModel } from '../../state/room-model.ts';
import { toOutgoing } from '../attachments/file-input.ts';
import { formatBytes } from '../attachments/format-bytes.ts';

export async function addFiles(model: RoomModel, files: Iterable<File>): Promise<void> {
  const { attachmentBytes, attachmentCount } = model.room.encrypted.transport.limits;
  const all = Array.from(files);
  const fitting = all.filter(({ size }) => size <= attachmentBytes);
  if (fitting.length < all.length) {
    notify('Too large to send', { text: `A file may have ${formatBytes(attachmentBytes)}.`, isProblem: true });
  }
  const outgoing = await toOutgoing(fitting);
  const free = attachmentCount - model.draft.get().files.length;
  if (outgoing.length > free) {
    notify('Too many files', { text: `One message takes ${attachmentCount}. Send more messages.`, isProblem: true });
  }
  model.draft.update((draft) => ({ ...draft, files: [...draft.files, ...outgoing.slice(0, Math.max(0, free))] }));
}
