export type { Account, EmulatorAccount } from './accounts.ts';
export type {
  Backstage,
  StoredMedia,
  StoredParticipant,
  StoredRoom,
  StoredRoomMessage,
} from './control/backstage.ts';
export type { Control } from './control/control.ts';
export type { StoredMessage, Tampering } from './control/tampering.ts';
export type { RoleName } from './conversations/default-roles.ts';
export { type EmulatorOptions, startTwilioEmulator, type TwilioEmulator } from './emulator.ts';
export {
  EMULATOR_ERRORS,
  EmulatorError,
  type EmulatorErrorCode,
  TWILIO_ERRORS,
  type TwilioCode,
  TwilioRefusal,
} from './errors.ts';
export {
  createEmulatorHttpClient,
  type EmulatorHttpClient,
  type HelperRequest,
  type HelperResponse,
} from './http-client.ts';
export { DEFAULT_LIMITS, type Limits } from './limits.ts';
export type { SeenRecord } from './seen.ts';
export type { CallFilter } from './sockets/faults.ts';
