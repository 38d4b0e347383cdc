/** What a message asks of the room around it. */
import type { RoomMessage } from '@sotto/chat';
import { createContext, useContext } from 'react';

export interface TimelineActions {
  readonly reply: (message: RoomMessage) => void;
  readonly edit: (message: RoomMessage) => void;
  readonly jump: (index: number) => void;
}

export const TimelineActionsContext = createContext<TimelineActions>({ reply() {}, edit() {}, jump() {} });

export function useTimelineActions(): TimelineActions {
  return useContext(TimelineActionsContext);
}
