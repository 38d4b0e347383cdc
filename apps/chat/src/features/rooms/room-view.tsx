/** An open room: who is in it, what was said, and the line to write on. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { notify, notifyProblem } from '../../components/toaster.tsx';
import type { PanelName } from '../../pages/chat/use-route.ts';
import { useSelf } from '../../state/chat-context.ts';
import { startEdit, startReply } from '../../state/composer-draft.ts';
import type { RoomModel } from '../../state/room-model.ts';
import { useMarkRead } from '../../state/use-mark-read.ts';
import { Composer } from '../composer/composer.tsx';
import { DropZone } from '../composer/drop-zone.tsx';
import { addFiles } from '../composer/add-files.ts';
import { TypingLine } from '../composer/typing-line.tsx';
import { MemberNotices } from '../members/member-notices.tsx';
import { Timeline, type TimelineHandle } from '../timeline/timeline.tsx';
import { TimelineActionsContext } from '../timeline/timeline-actions.ts';
import { RoomHeader } from './room-header.tsx';

export interface RoomViewProps {
  readonly model: RoomModel;
  readonly panel: PanelName | undefined;
  readonly onPanel: (panel: PanelName | undefined) => void;
  readonly onBack: () => void;
  /** Filled in by the room: shows a message. */
  readonly jumpTo: RefObject<(index: number) => void>;
}

export function RoomView({ model, panel, onPanel, onBack, jumpTo }: RoomViewProps) {
  const self = useSelf();
  const timeline = useRef<TimelineHandle>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  useMarkRead(model, isAtEnd);

  const jump = useCallback(
    (index: number): void => {
      model.timeline
        .loadUntil(index)
        .then((isThere) => {
          if (isThere) timeline.current?.show(index);
          else notify('That message is not there any more');
        })
        .catch(notifyProblem);
    },
    [model],
  );
  useEffect(() => {
    jumpTo.current = jump;
  }, [jump, jumpTo]);

  const [actions] = useState(() => ({
    reply: (message: Parameters<typeof startReply>[1]) => {
      model.draft.update((draft) => startReply(draft, message));
      input.current?.focus();
    },
    edit: (message: Parameters<typeof startEdit>[1]) => {
      model.draft.update((draft) => startEdit(draft, message));
      input.current?.focus();
    },
    jump,
  }));

  return (
    <TimelineActionsContext value={actions}>
      <RoomHeader model={model} panel={panel} onPanel={onPanel} onBack={onBack} />
      <DropZone onFiles={(files) => void addFiles(model, files)}>
        <MemberNotices model={model} onLook={() => onPanel('members')} />
        <Timeline ref={timeline} model={model} self={self} onAtEnd={setIsAtEnd} />
        <TypingLine model={model} />
        <Composer model={model} inputRef={input} />
      </DropZone>
    </TimelineActionsContext>
  );
}
