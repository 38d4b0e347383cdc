/** For the backend of an app, on Node: `@sotto/chat-twilio/server`. It needs nothing of Twilio but the app's own client. */
export { CHAT_TWILIO_ERRORS, type ChatTwilioErrorCode } from './errors.ts';
export { createGuardWebhook, type GuardOptions, type GuardWebhook } from './server/guard.ts';
export type { GuardRefusal } from './server/judge.ts';
export { toNodeHandler } from './server/node-handler.ts';
export { type PushTemplates, type PushTexts, pushTemplates } from './server/push-templates.ts';
export { type SetUpOptions, setUpEncryptedService, type TwilioRestClient } from './server/set-up.ts';
