/** Files that go with the next message. */
import type { OutgoingAttachment } from '@sotto/chat';
import { FileIcon, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import type { RoomModel } from '../../state/room-model.ts';
import { isShownAsPicture } from '../attachments/file-input.ts';
import { formatBytes } from '../attachments/format-bytes.ts';
import styles from './file-previews.module.css';

export function FilePreviews({ model, files }: { model: RoomModel; files: readonly OutgoingAttachment[] }) {
  const remove = (file: OutgoingAttachment): void =>
    model.draft.update((draft) => ({ ...draft, files: draft.files.filter((other) => other !== file) }));
  return (
    <ul className={styles['list']} aria-label="Files to send">
      {files.map((file, at) => (
        <li key={at} className={styles['file']}>
          <Preview file={file} />
          <span className={styles['words']}>
            <span className={styles['name']}>{file.name}</span>
            <span className={styles['size']}>{formatBytes(sizeOf(file))}</span>
          </span>
          <IconButton
            label={`Remove ${file.name}`}
            size="s"
            icon={<X size={16} aria-hidden="true" />}
            onClick={() => remove(file)}
          />
        </li>
      ))}
    </ul>
  );
}

function Preview({ file }: { file: OutgoingAttachment }) {
  const { content, type } = file;
  const [url, setUrl] = useState<string>();
  const isPicture = content instanceof Blob && isShownAsPicture({ type, size: content.size });
  useEffect(() => {
    if (!isPicture) return;
    const made = URL.createObjectURL(content);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [content, isPicture]);
  return (
    <span className={styles['preview']}>
      {url ? <img src={url} alt="" /> : <FileIcon size={20} aria-hidden="true" />}
    </span>
  );
}

function sizeOf({ content }: OutgoingAttachment): number {
  return content instanceof Blob ? content.size : content.length;
}
