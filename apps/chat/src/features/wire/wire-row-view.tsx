/** One message, in words at the left and on the wire at the right. */
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { formatBytes } from '../attachments/format-bytes.ts';
import { previewMessage } from '../rooms/preview.ts';
import { formatTime } from '../timeline/format-time.ts';
import styles from './wire-panel.module.css';
import { hasAttributes, type WireRow } from './wire-rows.ts';

const HEAD_LETTERS = 280;

export function WireRowView({ row, self }: { row: WireRow; self: string }) {
  const { message, author, at, body, bodyBytes, media, attributes } = row;
  const [isWhole, setIsWhole] = useState(false);
  const isLong = (body?.length ?? 0) > HEAD_LETTERS;
  const preview = message && previewMessage(message, self);
  return (
    <li className={styles['pair']}>
      <div className={styles['plain']}>
        <p className={styles['caption']}>You read</p>
        <p className={preview?.isRemark ? styles['remark'] : styles['words']}>
          {preview ? preview.text : 'Not loaded here'}
        </p>
        {message?.attachments.map(({ name, size, type }) => (
          <p key={name} className={styles['detail']}>
            {name}, {formatBytes(size)}, {type}
          </p>
        ))}
      </div>
      <div className={styles['wire']}>
        <p className={styles['caption']}>
          Twilio has: {author ?? 'nobody'}
          {at && `, ${formatTime(at)}`}, {formatBytes(bodyBytes)}
        </p>
        <pre className={styles['bytes']}>{isWhole || !isLong ? body : `${body?.slice(0, HEAD_LETTERS)}…`}</pre>
        {media.map((file, number) => (
          <p key={number} className={styles['detail']}>
            Media of {formatBytes(file.size)}, {file.contentType}, named <code>{file.filename ?? 'nothing'}</code>
            {file.head && <span className={styles['head']}>{file.head} …</span>}
          </p>
        ))}
        {hasAttributes(row) && (
          <details className={styles['attributes']}>
            <summary>Attributes</summary>
            <pre className={styles['bytes']}>{attributes}</pre>
          </details>
        )}
        {isLong && (
          <Button size="s" look="quiet" onClick={() => setIsWhole((whole) => !whole)}>
            {isWhole ? 'Less' : 'All of it'}
          </Button>
        )}
      </div>
    </li>
  );
}
