export { checkDemoHost, isLoopback } from './demo-host.ts';
export { type BackendSettings, type Env, readEnv, readTwilioAccount, twilioAccountToEnv } from './env.ts';
export { AUTH_ERRORS, type AuthErrorCode } from './errors.ts';
export { type AppKeySettings, createTokenIssuer, type IssueOptions, type TokenIssuer } from './issue.ts';
export { createSampleBackend, type SampleBackendOptions } from './sample-backend.ts';
export { createMadeUpTwilioAccount, isMadeUpTwilioSid, issueTwilioToken, type TwilioAccount } from './twilio.ts';
export { createTokenVerifier, type TokenVerifier, type VerifiedToken } from './verify.ts';
