/** Groups: `@sotto/core/group`, apart from the rest so that an app without groups loads nothing of it. */
export * from './errors.ts';
export * from './message.ts';
export * from './open.ts';
export * from './seal.ts';
export * from './session.ts';
