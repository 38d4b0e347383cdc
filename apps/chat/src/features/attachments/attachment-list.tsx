/** The files of a message: pictures as pictures, everything else to be saved. */
import type { RoomMessage } from '@sotto/chat';
import { FileAttachment } from './file-attachment.tsx';
import { isShownAsPicture } from './file-input.ts';
import { PictureAttachment } from './picture-attachment.tsx';
import styles from './attachments.module.css';

export function AttachmentList({ message }: { message: RoomMessage }) {
  return (
    <ul className={styles['list']} aria-label="Files">
      {message.attachments.map((attachment, at) => {
        const key = `${message.ref}/${message.revision}/${at}`;
        return (
          <li key={key}>
            {isShownAsPicture(attachment) ? (
              <PictureAttachment fileKey={key} attachment={attachment} />
            ) : (
              <FileAttachment fileKey={key} attachment={attachment} />
            )}
          </li>
        );
      })}
    </ul>
  );
}
