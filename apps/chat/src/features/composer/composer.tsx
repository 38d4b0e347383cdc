/** Where messages are written: text, files, an answer or an edit, and for how long it is to be seen. */
import { ArrowUp, Check, Paperclip } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, type RefObject, useRef } from 'react';
import { IconButton } from '../../components/button.tsx';
import { notifyProblem } from '../../components/toaster.tsx';
import { afterSending, stopReplyOrEdit } from '../../state/composer-draft.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useStore } from '../../state/use-store.ts';
import { addFiles } from './add-files.ts';
import styles from './composer.module.css';
import { ContextBar } from './context-bar.tsx';
import { DisappearingMenu } from './disappearing-menu.tsx';
import { FilePreviews } from './file-previews.tsx';

export function Composer({ model, inputRef }: { model: RoomModel; inputRef: RefObject<HTMLTextAreaElement | null> }) {
  const draft = useStore(model.draft);
  const picker = useRef<HTMLInputElement>(null);
  const { text, files, replyTo, editing, expiresAfterSeconds } = draft;
  const isReady = text.trim() !== '' || files.length > 0;

  const send = (): void => {
    if (!isReady) return;
    if (editing) {
      const edited = text.trim();
      model.draft.set(stopReplyOrEdit(draft));
      if (edited !== editing.text) editing.edit(edited).catch(notifyProblem);
      return;
    }
    model.outbox.send({
      text: text.trim(),
      files,
      ...(replyTo && { replyTo: { id: replyTo.id, index: replyTo.index } }),
      expiresAfterSeconds,
    });
    model.draft.set(afterSending(draft));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && (replyTo ?? editing)) {
      event.preventDefault();
      model.draft.update(stopReplyOrEdit);
    }
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData.files;
    if (pasted.length === 0 || editing) return;
    event.preventDefault();
    void addFiles(model, pasted);
  };
  const onType = (typed: string): void => {
    model.draft.update((current) => ({ ...current, text: typed }));
    if (typed !== '') void model.room.sayTyping().catch(() => undefined);
  };

  return (
    <form
      className={styles['composer']}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <ContextBar draft={draft} onStop={() => model.draft.update(stopReplyOrEdit)} />
      {files.length > 0 && <FilePreviews model={model} files={files} />}
      <div className={styles['line']}>
        {!editing && model.room.encrypted.transport.can.attachments && (
          <>
            <IconButton
              label="Attach files"
              icon={<Paperclip size={20} aria-hidden="true" />}
              onClick={() => picker.current?.click()}
            />
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                void addFiles(model, Array.from(event.target.files ?? []));
                event.target.value = '';
              }}
            />
          </>
        )}
        <textarea
          ref={inputRef}
          className={styles['input']}
          rows={1}
          aria-label={editing ? 'Edit the message' : 'Message'}
          placeholder={editing ? 'Edit the message' : 'Encrypted message'}
          value={text}
          onChange={(event) => onType(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        {!editing && <DisappearingMenu model={model} seconds={expiresAfterSeconds} />}
        <IconButton
          type="submit"
          label={editing ? 'Save the edit' : 'Send'}
          disabled={!isReady}
          className={styles['send']}
          icon={editing ? <Check size={20} aria-hidden="true" /> : <ArrowUp size={20} aria-hidden="true" />}
        />
      </div>
    </form>
  );
}
