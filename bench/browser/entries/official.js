import * as library from 'virgil-crypto/dist/browser.es.js';
import wasm from 'virgil-crypto/dist/libfoundation.browser.wasm?url';
import { createOfficial } from '../../sides/official.js';

export const create = () => createOfficial({ library, init: { foundation: [{ locateFile: () => wasm }] } });
