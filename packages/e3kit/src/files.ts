/** Files and streams as `EThree` offers them: one piece that is loaded with the first call. */
export { authDecryptFile, decryptFile, decryptSharedFile, openFile } from './file/decrypt-file.ts';
export { authEncryptFile, encryptFile, encryptSharedFile, sealFile } from './file/encrypt-file.ts';
export { authDecryptFileToStream, authDecryptStreamUnverified, authEncryptStream } from './file/streams.ts';
