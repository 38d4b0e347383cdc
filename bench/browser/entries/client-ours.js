import { EThree } from '@sotto/e3kit';
import { reportFirstMessage } from './first-message.js';

reportFirstMessage(EThree);
