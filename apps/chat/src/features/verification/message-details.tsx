/** How a message was verified, who can read it, and what of it was on the wire. */
import { Popover } from '@base-ui/react/popover';
import type { RoomMessage } from '@sotto/chat';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { formatBytes } from '../attachments/format-bytes.ts';
import { formatFull } from '../timeline/format-time.ts';
import { readRawMessage } from '../wire/raw-message.ts';
import { explainVerification, explainWarning, listNames } from './explain.ts';
import { groupKeyId } from './group-key-id.ts';
import styles from './message-details.module.css';
import { popupContainer } from '../../components/popup-container.ts';

export interface MessageDetailsProps {
  readonly message: RoomMessage;
  readonly self: string;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

export function MessageDetails({ message, self, anchor, onClose }: MessageDetailsProps) {
  const { tone, title, text } = explainVerification(message, self);
  const { verification, readers, extraReaders, leftOut, warnings, sentAt, expiresAt } = message;
  const raw = readRawMessage(message.raw);
  const sender = 'sender' in verification ? verification.sender : undefined;
  const senderKey = readers.find(({ identity }) => identity === sender)?.keyId;
  return (
    <Popover.Root open onOpenChange={(open) => !open && onClose()}>
      <Popover.Portal container={popupContainer()}>
        <Popover.Positioner anchor={anchor} side="top" sideOffset={8} className={styles['positioner']}>
          <Popover.Popup className={styles['popup']}>
            <div className={styles['head']}>
              <Popover.Title className={classNames(styles['title'], styles[tone])}>{title}</Popover.Title>
              <Popover.Close render={<IconButton label="Close" size="s" icon={<X size={16} aria-hidden="true" />} />} />
            </div>
            <Popover.Description className={styles['text']}>{text}</Popover.Description>
            {warnings.map((warning) => (
              <p key={warning.code} className={styles['warning']}>
                {explainWarning(warning)}
              </p>
            ))}
            <dl className={styles['facts']}>
              {sender !== undefined && <Fact name="Signed by">{sender === self ? 'you' : sender}</Fact>}
              {verification.state === 'verified' && (
                <>
                  <Fact name="Device">
                    <code>{verification.device}</code>
                  </Fact>
                  {verification.keyChanged && <Fact name="Key">a former one, which the present one vouches for</Fact>}
                </>
              )}
              {senderKey !== undefined && (
                <Fact name="Key of the sender">
                  <code>{groupKeyId(senderKey)}</code>
                </Fact>
              )}
              {readers.length > 0 && (
                <Fact name="Can be read by">
                  {listNames(
                    readers.map(({ identity }) => (identity === self ? 'you' : (identity ?? 'an unknown key'))),
                  )}
                </Fact>
              )}
              {extraReaders.length > 0 && (
                <Fact name="Extra readers">{listNames(extraReaders.map(({ identity }) => identity ?? 'unknown'))}</Fact>
              )}
              {leftOut.length > 0 && <Fact name="Left out">{listNames(leftOut)}</Fact>}
              {message.revision > 0 && (
                <Fact name="Edited">
                  {message.revision === 1 ? 'once' : `${message.revision} times`}, by the sender
                </Fact>
              )}
              {expiresAt && <Fact name="Disappears">{formatFull(expiresAt)}</Fact>}
              {sentAt && <Fact name="Stored by the service">{formatFull(sentAt)}</Fact>}
              {raw.body !== null && (
                <Fact name="On the wire">{formatBytes(new TextEncoder().encode(raw.body).length)}</Fact>
              )}
              <Fact name="Index in the room">{message.index}</Fact>
            </dl>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles['fact']}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
