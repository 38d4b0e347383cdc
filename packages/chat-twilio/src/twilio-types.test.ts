// The official classes of both majors fit our structural types without a cast. It is the compiler that checks; running it shows that both load.
import * as twilio2 from 'twilio-conversations-2';
import * as twilio3 from 'twilio-conversations-3';
import { describe, expect, it } from 'vitest';
import type {
  ClientLike,
  ConversationLike,
  ConversationOf,
  MediaLike,
  MessageLike,
  MessageOf,
  PageLike,
  ParticipantLike,
  ParticipantOf,
} from './twilio-types.ts';

/** Compiles only if each class of the SDK can be passed where ours is asked for. */
interface Fits<
  _Client extends ClientLike,
  _Conversation extends ConversationLike,
  _Message extends MessageLike,
  _Media extends MediaLike,
  _Participant extends ParticipantLike,
  _Page extends PageLike<MessageLike>,
> {
  readonly version: string;
}

const majors: readonly [
  Fits<
    twilio2.Client,
    twilio2.Conversation,
    twilio2.Message,
    twilio2.Media,
    twilio2.Participant,
    twilio2.Paginator<twilio2.Message>
  >,
  Fits<
    twilio3.Client,
    twilio3.Conversation,
    twilio3.Message,
    twilio3.Media,
    twilio3.Participant,
    twilio3.Paginator<twilio3.Message>
  >,
] = [twilio2.Client, twilio3.Client];

/** Compiles only if an app gets its own classes back. */
export function keepsClasses(
  conversation: ConversationOf<twilio3.Client>,
  message: MessageOf<twilio3.Conversation>,
  participant: ParticipantOf<twilio3.Conversation>,
): [twilio3.Conversation, twilio3.Message, twilio3.Participant] {
  return [conversation, message, participant];
}

describe("Twilio's classes", () => {
  it('are those of the majors that are tested here', () => {
    expect(majors.map((major) => major.version.split('.')[0])).toEqual(['2', '3']);
  });
});
