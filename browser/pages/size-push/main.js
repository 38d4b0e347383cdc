// All that a service worker needs to show an encrypted message.
import { createIndexedDbCardCache, createIndexedDbKeyStore, openPush } from '@virgilsecurity/e3kit/push';

Object.assign(globalThis, { createIndexedDbCardCache, createIndexedDbKeyStore, openPush });
