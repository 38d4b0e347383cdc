// Bob, whom the article only names. His keys lie in another folder, as they would on another device.
import { EThree } from '@virgilsecurity/e3kit';
import { authenticate, fetchVirgilToken } from './backend.js';

const authToken = await authenticate('bob');
export const bob = await EThree.initialize(() => fetchVirgilToken(authToken), { storageName: '.bob-local-storage' });
if (!(await bob.hasLocalPrivateKey())) await bob.register();
