/** A file: downloaded, decrypted and checked when it is asked for, then saved. */
import type { RoomAttachment } from '@sotto/chat';
import { Download, FileIcon, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { useAttachment } from '../../state/use-attachment.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import styles from './attachments.module.css';
import { formatBytes } from './format-bytes.ts';

export function FileAttachment({ fileKey, attachment }: { fileKey: string; attachment: RoomAttachment }) {
  const { name, size } = attachment;
  const { url, progress, error, load, cancel } = useAttachment(fileKey, attachment, false);
  const isWanted = useRef(false);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (url === undefined || !isWanted.current) return;
    isWanted.current = false;
    link.current?.click();
  }, [url]);
  const fetchAndSave = (): void => {
    isWanted.current = true;
    load();
  };
  const problem = error === undefined ? undefined : explainProblem(error);
  return (
    <div className={styles['file']}>
      <FileIcon size={28} strokeWidth={1.5} aria-hidden="true" />
      <div className={styles['words']}>
        <p className={styles['fileName']}>{name}</p>
        <p className={styles['size']}>
          {progress === undefined ? formatBytes(size) : `${Math.round(progress * 100)} % of ${formatBytes(size)}`}
        </p>
        {problem && <p className={styles['problem']}>{problem.title}</p>}
      </div>
      {url !== undefined ? (
        <a ref={link} href={url} download={name} className={styles['save']}>
          Save<span className="visually-hidden"> {name}</span>
        </a>
      ) : progress === undefined ? (
        problem ? (
          <Button size="s" onClick={fetchAndSave}>
            Try again
          </Button>
        ) : (
          <IconButton
            label={`Decrypt and save ${name}`}
            icon={<Download size={18} aria-hidden="true" />}
            onClick={fetchAndSave}
          />
        )
      ) : (
        <IconButton label="Cancel" icon={<X size={18} aria-hidden="true" />} onClick={cancel} />
      )}
    </div>
  );
}
