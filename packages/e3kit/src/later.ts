/** What most starts of an app do not need, as one piece that is loaded with the first call that does. */
export { createBrainKeys } from './brain-keys.ts';
export { backUp, changePassword, removeFromBackup, resetBackup } from './use-cases/backup.ts';
export { planReplacement, replacePrivateKey, rotatePrivateKey } from './use-cases/rotate.ts';
export { exportKeys } from './use-cases/export-keys.ts';
export { importKeys } from './use-cases/import-keys.ts';
export { lookupPublicKeys } from './use-cases/lookup-public-keys.ts';
export { restore } from './use-cases/restore.ts';
export { unregister } from './use-cases/unregister.ts';
export { clearVerified, compareSafetyQr, getSafetyNumber, isVerified, setVerified } from './use-cases/verify-peer.ts';
