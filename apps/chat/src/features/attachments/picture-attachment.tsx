/** A picture, decrypted as it comes into view. Its place is kept from the beginning, so that nothing jumps. */
import type { RoomAttachment } from '@sotto/chat';
import { ImageOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useAttachment } from '../../state/use-attachment.ts';
import { explainProblem } from '../problems/explain-problem.ts';
import styles from './attachments.module.css';
import { fitPicture } from './fit-picture.ts';
import { PictureViewer } from './picture-viewer.tsx';

export function PictureAttachment({ fileKey, attachment }: { fileKey: string; attachment: RoomAttachment }) {
  const { url, error, load } = useAttachment(fileKey, attachment, true);
  const [isBroken, setIsBroken] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const { width, height } = fitPicture(attachment);
  const problem = error === undefined ? undefined : explainProblem(error);
  return (
    <div className={styles['picture']} style={{ width, aspectRatio: `${width} / ${height}` }}>
      {url !== undefined && !isBroken && (
        <button type="button" className={styles['open']} onClick={() => setIsOpen(true)}>
          <img src={url} alt={attachment.name} className={styles['image']} onError={() => setIsBroken(true)} />
        </button>
      )}
      {url === undefined && problem === undefined && <Spinner label="Decrypting…" />}
      {isBroken && <Broken text="This is not a picture." />}
      {problem && (
        <Broken text={problem.title}>
          <Button size="s" onClick={load}>
            Try again
          </Button>
        </Broken>
      )}
      {isOpen && url !== undefined && (
        <PictureViewer url={url} name={attachment.name} onClose={() => setIsOpen(false)} />
      )}
    </div>
  );
}

function Broken({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className={styles['broken']}>
      <ImageOff size={20} aria-hidden="true" />
      <p>{text}</p>
      {children}
    </div>
  );
}
