/** What a chat needs of its user, as `EThree` offers it: one piece that is loaded with the first call. */
export { type ChatSession, openChatSession } from './chat/open-chat-session.ts';
