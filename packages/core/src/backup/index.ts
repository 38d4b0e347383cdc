/** Backups and brain keys: `@sotto/core/backup`, apart from the rest so that an app without backups loads nothing of it. */
export * from './backup-entries.ts';
export * from './backup-key-ring.ts';
export * from './brain-key.ts';
export * from './derive-passwords.ts';
export * from './keyknox-value.ts';
export type { HardenedPoint } from './p256.ts';
