/** `UserKeys` over `EThree`. The app speaks of people, the client of their cards. */
import type { EThree } from '@sotto/e3kit';
import type { PeerKeyChange, UserKeys } from '../state/account.ts';

export function createUserKeys(eThree: EThree, listeners: Set<(change: PeerKeyChange) => void>): UserKeys {
  return {
    hasLocalKey: () => eThree.hasLocalPrivateKey(),
    register: () => eThree.register(),
    startWithNewKey: () => eThree.rotatePrivateKey(),

    async backUp(password) {
      await eThree.backupPrivateKey(password);
    },
    async restore(password) {
      await eThree.restorePrivateKey(password);
    },
    async changePassword(password, newPassword) {
      await eThree.changePassword(password, newPassword);
    },
    removeBackup: () => eThree.resetPrivateKeyBackup(),

    safetyNumber: (identity) => eThree.getSafetyNumber(identity),
    async compareQr(identity, scanned) {
      await eThree.compareSafetyQr(await eThree.findUsers(identity), scanned);
    },
    setVerified: async (identity) => eThree.setVerified(await eThree.findUsers(identity)),
    clearVerified: async (identity) => eThree.clearVerified(await eThree.findUsers(identity)),
    acceptKey: async (identity) => eThree.acceptKey(await eThree.findUsers(identity)),
    refuseKey: async (identity) => eThree.refuseKey(await eThree.findUsers(identity)),
    async lookAgain(identities) {
      // One by one: that somebody has no card says nothing of the others.
      await Promise.allSettled(identities.map((identity) => eThree.findUsers(identity)));
    },
    onKeyChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    cleanup: () => eThree.cleanup(),
  };
}
