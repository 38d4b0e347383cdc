/**
 * The limits of Twilio Conversations (classic), as documented under conversations-classic/conversations-limits. That a KB is
 * 1,024 bytes and that texts count in UTF-8 is a [guess].
 */

export interface Limits {
  readonly bodyBytes: number;
  readonly messageAttributesBytes: number;
  readonly participantAttributesBytes: number;
  readonly conversationAttributesBytes: number;
  /** [guess] */
  readonly userAttributesBytes: number;
  /** Of identities, friendly names, unique names and subjects. */
  readonly nameCharacters: number;
  readonly mediaBytes: number;
  readonly mediaPerMessage: number;
  readonly participants: number;
  readonly nonChatParticipants: number;
  readonly conversationsPerIdentity: number;
  /** Of all bodies that are not media. [guess] */
  readonly requestBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 32 * 1024,
  messageAttributesBytes: 4 * 1024,
  participantAttributesBytes: 4 * 1024,
  conversationAttributesBytes: 16 * 1024,
  userAttributesBytes: 4 * 1024,
  nameCharacters: 256,
  mediaBytes: 150 * 1024 * 1024,
  mediaPerMessage: 10,
  participants: 100, // Twilio's support raises it to 1,000
  nonChatParticipants: 50,
  conversationsPerIdentity: 1000,
  requestBytes: 1024 * 1024,
};
