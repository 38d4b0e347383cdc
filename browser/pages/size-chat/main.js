// What `pages/size` has, and encrypted conversations over Twilio's SDK, which is not weighed.
import { encrypted } from '@sotto/chat-twilio';
import { EThree } from '@virgilsecurity/e3kit';

Object.assign(globalThis, { EThree, encrypted });
