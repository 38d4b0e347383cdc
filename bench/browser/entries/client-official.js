import { reportFirstMessage } from './first-message.js';

reportFirstMessage(globalThis.E3kit.EThree);
