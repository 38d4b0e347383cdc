/** Name of the platform's stores unless an app gives another: that of the official client. */
export const DEFAULT_STORAGE_NAME = '.virgil-local-storage';
