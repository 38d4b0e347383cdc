// Runs examples/article as it is, which is copied beside this file, and hands on what it exports.
import { decrypt, eThree, encrypt } from './article.js';
import { bob } from './bob.js';

globalThis.article = { decrypt, eThree, encrypt, bob };
