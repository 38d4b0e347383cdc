/** Text with line breaks kept and web addresses as links. Nothing else is interpreted, and no preview is fetched. */
import { Fragment } from 'react';
import styles from './linked-text.module.css';
import { splitLinks } from './split-links.ts';

export function LinkedText({ text }: { text: string }) {
  return (
    <p className={styles['text']} dir="auto">
      {splitLinks(text).map((part, at) =>
        part.isLink ? (
          <a key={at} href={part.text} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        ) : (
          <Fragment key={at}>{part.text}</Fragment>
        ),
      )}
    </p>
  );
}
